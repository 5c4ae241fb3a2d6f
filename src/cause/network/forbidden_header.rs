//! Request headers that scripts may not set.

use crate::cause::{Case, Confidence, Finding, Fix, Place, Severity, quote};
use crate::verdict::Stage;
use crate::web::header;

cause! {
    /// # What happened
    /// The page sets a request header that belongs to the browser (Cookie, Host, Origin, Referer, Content-Length, anything with Sec- or
    /// Proxy- …). The browser drops it in silence and sends the request without it. A name or value that no header can have makes `fetch`
    /// throw.
    /// # Why the browser hides it
    /// A dropped header leaves no trace except (for `XMLHttpRequest`) a line "Refused to set unsafe header". The server then misses
    /// something, and its refusal may carry no CORS headers.
    /// # How to tell
    /// The name is on the Fetch standard's list of forbidden request headers.
    /// # Fix
    /// Do not set it. Cookies go along with `credentials: "include"`; a referrer is set with `referrerPolicy`; Host, Origin and
    /// Content-Length are the browser's own business.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#forbidden-request-header>
    /// - MDN: <https://developer.mozilla.org/docs/Glossary/Forbidden_request_header>
    "forbidden-header": "scripts may not set this header", Cause, Protocol, Browser
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.verdict.stage == Stage::Request && case.check_failed("valid-header") {
        return Some(invalid(case));
    }
    let given = case.ask.headers.iter().filter(|(name, value)| header::is_forbidden(name, value.as_deref().unwrap_or_default()));
    let dropped: Vec<String> = given.map(|(name, _)| quote(name, 60)).collect();
    let first = dropped.first()?.to_ascii_lowercase();
    let listed = dropped.join(", ");
    Some(
        Finding::new(format!(
            "Browsers drop {listed} in silence: scripts may not set it. The request goes out without it. {}",
            advice(&first)
        ))
        .cite_ask(format!("header {listed}"))
        .confidence(Confidence::Confirmed)
        .severity(Severity::Warning)
        .place(Place::Beside)
        .fix(Fix::new("leave-the-header-out", format!("do not set {listed}"), advice(&first))),
    )
}

fn invalid(case: &Case<'_>) -> Finding {
    let bad = case.ask.headers.iter().find(|(name, value)| !header::is_valid(name, value.as_deref().unwrap_or_default()));
    let name = bad.map(|(name, _)| quote(name, 60)).unwrap_or_default();
    Finding::new(format!(
        "fetch() throws at the header \"{name}\": its name or its value is not one that a header can have. Nothing was sent."
    ))
    .cite_ask(format!("header \"{name}\""))
    .confidence(Confidence::Confirmed)
    .fix(Fix::new(
        "mend-the-header",
        "give the header a name of letters and a value of bytes",
        "A line break or a character above U+00FF is not possible; encode it.",
    ))
}

fn advice(name: &str) -> &'static str {
    match name {
        "cookie" | "cookie2" => "Cookies go along by themselves with credentials: \"include\".",
        "origin" | "host" | "content-length" => "The browser sets it by itself.",
        "referer" => "Use the referrer and referrerPolicy options instead.",
        _ => "If the server needs it, it needs it under another name.",
    }
}
