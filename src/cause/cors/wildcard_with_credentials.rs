//! `*` is allowed, and credentials are included.

use super::fault::{Fault, Kind};
use crate::ask::Credentials;
use crate::cause::{By, Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::verdict;

cause! {
    /// # What happened
    /// The page includes credentials (cookies, client certificates, HTTP authentication), and the answer allows `*`. With credentials the
    /// wildcard counts for nothing: the origin has to be named.
    /// # Why the browser hides it
    /// It does not: "must not be the wildcard '*' when the request's credentials mode is 'include'".
    /// # How to tell
    /// `credentials: "include"` or `withCredentials = true` in the page (axios: withCredentials), `*` in the answer.
    /// # Fix
    /// If no cookie is needed, leave credentials out: a token in a header is not "credentials" here. Else send the page's origin and
    /// Access-Control-Allow-Credentials: true.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSNotSupportingCredentials>
    "wildcard-with-credentials": "* does not count when credentials are included", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::Wildcard)?;
    let (page, server) = (without_credentials(case, &fault), name_the_origin(case, &fault));
    // What is known not to be enough does not come first.
    let fixes = if page.verified == Some(false) { [server, page] } else { [page, server] };
    let finding = fault
        .finding(
            case,
            "Access-Control-Allow-Origin",
            format!(
                "The page includes credentials, and {} allows the wildcard *. With credentials only the page's own origin counts, \
                     {}, together with Access-Control-Allow-Credentials: true.",
                fault.answer(),
                fault.origin
            ),
        )
        .confidence(Confidence::Confirmed);
    Some(fixes.into_iter().fold(finding, Finding::fix))
}

/// S3 takes no header from anybody: it echoes an origin that a rule names, and then allows credentials by itself.
fn name_the_origin(case: &Case<'_>, fault: &Fault<'_>) -> Fix {
    let origin = &fault.origin;
    if case.answerer_of(fault.probe).layer == Layer::S3 {
        return Fix::new(
            "name-the-origin-in-the-rule",
            format!("name {origin} in the rule's AllowedOrigins instead of *"),
            "For an origin that a rule names, and for a pattern such as https://*, S3 sends the origin itself and \
             Access-Control-Allow-Credentials: true. Rules are tried in order: the one with the name comes before one with *.",
        )
        .snippet("json", "S3 console", format!("\"AllowedOrigins\": [\"{origin}\"]"));
    }
    let title = format!("send Access-Control-Allow-Origin: {origin} and Access-Control-Allow-Credentials: true");
    fault.fix(case, "allow-origin", title, "Add Vary: Origin when more than one origin may ask.")
}

/// The page without credentials, judged by the same answer.
pub(super) fn without_credentials(case: &Case<'_>, fault: &Fault<'_>) -> Fix {
    let mut plain = case.ask.clone();
    plain.credentials = Credentials::SameOrigin;
    plain.origin = fault.origin.clone();
    let passes =
        if fault.preflight { verdict::preflight_allows(&plain, fault.response) } else { verdict::cors_allows(&plain, fault.response) };
    let fix = Fix::new(
        "omit-credentials",
        "leave credentials out, if the server needs no cookie",
        "An Authorization header with a token is sent without them as well.",
    )
    .snippet("javascript", "fetch", "fetch(url, { credentials: \"same-origin\" })")
    .snippet("javascript", "axios", "axios.put(url, file, { withCredentials: false })");
    fix.verified(passes, By::Answer, "judged by the same answer, for a page without credentials")
}
