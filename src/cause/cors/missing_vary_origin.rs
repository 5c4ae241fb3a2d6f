//! The answer depends on Origin and does not say so.

use super::control;
use super::fault::server_fix;
use crate::cause::{Case, Finding, Fix, Severity};
use crate::evidence::{Probe, Response};

cause! {
    /// # What happened
    /// The server sends another Access-Control-Allow-Origin to another origin, but no Vary: Origin. A cache (the browser's own included)
    /// may then give one page's answer to another, and the other is blocked.
    /// # Why the browser hides it
    /// Nothing fails as long as the answer is fresh. Later it fails for some users, until the cache forgets.
    /// # How to tell
    /// Two requests from different origins get different values, and neither answer lists Origin in Vary.
    /// # Fix
    /// Send Vary: Origin on every answer of such a URL, also when the request has no Origin.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5>
    "missing-vary-origin": "the answer depends on Origin, and Vary does not say so", Note, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    case.follow_ups().next()?;
    let actual = case.actual()?;
    let response = actual.response.as_ref().filter(|response| !control::says_no_store(response))?;
    let value = response.combined("access-control-allow-origin")?;
    let finding = by_origin(case, actual, response, &value).or_else(|| by_absence(case, actual, response, &value))?;
    let fix = Fix::new(
        "vary-origin",
        "send Vary: Origin on every answer of this URL",
        "Also on answers to requests without Origin: those are the ones that harm.",
    );
    Some(finding.fix(server_fix(case, actual, fix)))
}

/// Another origin gets another value.
fn by_origin(case: &Case<'_>, actual: &Probe, response: &Response, value: &str) -> Option<Finding> {
    let other = case.answer(&control::read(case)?)?;
    let theirs = other.response.as_ref().filter(|theirs| theirs.status == response.status && !control::varies(response))?;
    let theirs = theirs.combined("access-control-allow-origin");
    if theirs.as_deref() == Some(value) {
        return None;
    }
    let shown = theirs.map_or("no Access-Control-Allow-Origin".to_owned(), |theirs| super::quote(&theirs, 100));
    let text = format!(
        "{} gets Access-Control-Allow-Origin: {value}, another origin gets {shown}, and neither answer has Vary: Origin. A cache may \
         give one page's answer to the other, which is then blocked.",
        case.ask.origin
    );
    let finding = Finding::new(text).cite(actual, format!("Access-Control-Allow-Origin: {value}, no Vary: Origin"));
    Some(finding.cite(other, format!("from another origin: {shown}")).severity(Severity::Warning))
}

/// A request without Origin gets no header, and its answer does not say that it depends on Origin.
fn by_absence(case: &Case<'_>, actual: &Probe, response: &Response, value: &str) -> Option<Finding> {
    let plain = case.answer(&control::plain(case)?)?;
    let answer = plain.response.as_ref().filter(|answer| answer.status == response.status)?;
    if answer.header("access-control-allow-origin").is_some() || control::varies(answer) || control::says_no_store(answer) {
        return None;
    }
    let text = "Asked without an Origin (by an <img> tag, say), the same URL is answered without Access-Control-Allow-Origin and without \
        Vary: Origin. A cache that kept that answer, the browser's own included, gives it to the script too, which is then blocked.";
    let finding = Finding::new(text).cite(actual, format!("with Origin: Access-Control-Allow-Origin: {value}"));
    Some(finding.cite(plain, "without Origin: no Access-Control-Allow-Origin, no Vary: Origin").severity(Severity::Warning))
}
