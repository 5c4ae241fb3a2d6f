//! The preflight is asked for credentials.

use super::status;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::remedy::server::before_authentication;

cause! {
    /// # What happened
    /// The server wants credentials for the preflight (401, or a challenge). A preflight never carries any: no Authorization, no cookie,
    /// no API key. So the request proper, which would have them, is never sent.
    /// # Why the browser hides it
    /// The page sees one CORS error, although it did send its token, as far as it knows.
    /// # How to tell
    /// OPTIONS is answered 401, and the same request with a token from curl works.
    /// # Fix
    /// Let OPTIONS pass before authentication: the CORS middleware first, or an exception for OPTIONS in the proxy, gateway or filter
    /// chain.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2>
    "preflight-auth-required": "the server asks the preflight for credentials, which it never carries", Cause, General, Server,
    blames: CorsRules, supersedes: ["preflight-forbidden"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| matches!(status, 401 | 403 | 407))?;
    let challenge = answer.response.header("www-authenticate").map(|value| super::quote(value, 100));
    if answer.status() == 403 && challenge.is_none() && !asks_in_words(&answer) {
        return None;
    }
    let asks = challenge.as_ref().map(|value| format!(" (WWW-Authenticate: {value})")).unwrap_or_default();
    let finding = status::finding(
        case,
        &answer,
        &format!(
            "It asks for credentials{asks}, but browsers send OPTIONS without any: no Authorization, no cookie, no key. So \
             authentication has to let OPTIONS pass."
        ),
    );
    let finding = match challenge {
        Some(value) => finding.cite(answer.probe, format!("WWW-Authenticate: {value}")),
        None => finding,
    };
    let finding = finding.confidence(Confidence::Likely);
    if case.answerer_of(answer.probe).layer == Layer::Cloudfront {
        return Some(finding.fix(signed_urls()).fix(no_preflight()));
    }
    Some(finding.fix(status::answer_options(case, &answer, "Put the CORS middleware before authentication.")).fix(Fix::new(
        "no-auth-on-options",
        "exempt OPTIONS from authentication",
        before_authentication(answer.response),
    )))
}

/// A 403 that names what is missing: CloudFront's key pair, or anybody who signs for an AWS service.
fn asks_in_words(answer: &Answer<'_>) -> bool {
    ["<Code>MissingKey</Code>", "User: anonymous is not authorized"].iter().any(|words| answer.response.body.contains(words))
}

fn signed_urls() -> Fix {
    let detail = "The behaviour restricts viewer access, for OPTIONS as well. A cookie never goes along with a preflight; what stands in \
        the URL does.";
    Fix::new("sign-the-url", "use signed URLs instead of signed cookies", detail)
}

fn no_preflight() -> Fix {
    let detail = "A GET without headers of its own is sent at once, with the cookies when credentials are included.";
    Fix::new("avoid-the-preflight", "send a request that needs no preflight", detail)
}
