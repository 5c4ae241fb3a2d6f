//! The preflight makes the server fail.

use super::{filter, status};
use crate::cause::answer::Answer;
use crate::cause::beside_get::beside_get;
use crate::cause::places::read_here;
use crate::cause::{Case, Confidence, Finding, Fix, origin_error};

cause! {
    /// # What happened
    /// The preflight was answered with a 5xx: the application, or something in front of it, fails on OPTIONS.
    /// # Why the browser hides it
    /// The status of a preflight is never shown to the page, so a crash looks like missing CORS headers.
    /// # How to tell
    /// 500 on OPTIONS alone: a handler that expects a body, a session or a token crashes. 502, 503 and 504: the proxy has no backend for
    /// it, or for anything just now. 520 to 530 are Cloudflare's own words for an origin that it cannot reach or understand.
    /// # Fix
    /// Read the server's log at the time of the OPTIONS. Answer OPTIONS before anything that can fail.
    /// # Sources
    /// - Cloudflare, "Cloudflare 5xx errors"
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-15.6>
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    "preflight-server-error": "the server fails on the preflight", Cause, General, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| status >= 500 && status != 501)?;
    if let Some(finding) = filter::finding(case, &answer) {
        return Some(finding);
    }
    if let Some(meaning) = origin_error::meaning(answer.response) {
        return Some(behind_cloudflare(case, &answer, meaning));
    }
    let why = match answer.status() {
        502..=504 => "A proxy has no working backend for it, or for anything just now.",
        _ => "A handler that expects a body, a session or a token on every request crashes on OPTIONS, which has none.",
    };
    let text = format!("So the server fails on OPTIONS. {why} The CORS headers come second: first the error has to go.");
    let finding = beside_get(case, status::finding(case, &answer, &text).confidence(Confidence::Likely));
    let log = Fix::new(
        "read-the-log",
        "read the server's log at the time of the OPTIONS",
        "The stack trace or the proxy's error line names the place.",
    );
    Some(finding.fix(log).fix(options_first(case, &answer)))
}

/// Cloudflare made this answer: nothing that the origin does with OPTIONS is known.
fn behind_cloudflare(case: &Case<'_>, answer: &Answer<'_>, meaning: &str) -> Finding {
    let text = format!("{meaning} The CORS headers come second: first the error has to go.");
    let finding = beside_get(case, status::finding(case, answer, &text).confidence(Confidence::Likely));
    let detail = "At the origin: is the server up, does its firewall let Cloudflare's addresses in, is its certificate valid for this name? \
                  At Cloudflare: the address in the DNS record, and the SSL/TLS mode.";
    let finding = finding.fix(Fix::new("mend-the-origin", "let Cloudflare reach the origin", detail));
    let alike = read_here(case).is_some_and(|get| get.response.status == answer.status());
    if alike || origin_error::is_unreachable(answer.response) { finding } else { finding.fix(options_first(case, answer)) }
}

fn options_first(case: &Case<'_>, answer: &Answer<'_>) -> Fix {
    status::answer_options(case, answer, "Before anything that can fail: sessions, body parsers, authentication.")
}
