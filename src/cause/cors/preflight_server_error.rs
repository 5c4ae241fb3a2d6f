//! The preflight makes the server fail.

use super::{filter, status};
use crate::cause::beside_get::beside_get;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The preflight was answered with a 5xx: the application, or something in front of it, fails on OPTIONS.
    /// # Why the browser hides it
    /// The status of a preflight is never shown to the page, so a crash looks like missing CORS headers.
    /// # How to tell
    /// 500 on OPTIONS alone: a handler that expects a body, a session or a token crashes. 502, 503 and 504: the proxy has no backend for
    /// it, or for anything just now.
    /// # Fix
    /// Read the server's log at the time of the OPTIONS. Answer OPTIONS before anything that can fail.
    /// # Sources
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-15.6>
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    "preflight-server-error": "the server fails on the preflight", Cause, General, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| status >= 500 && status != 501)?;
    if let Some(finding) = filter::finding(case, &answer) {
        return Some(finding);
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
    let options = status::answer_options(case, &answer, "Before anything that can fail: sessions, body parsers, authentication.");
    Some(finding.fix(log).fix(options))
}
