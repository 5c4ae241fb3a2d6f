//! The answer depends on Origin and does not say so.

use super::control;
use super::fault::server_fix;
use crate::cause::{Case, Finding, Fix, Severity};
use crate::evidence::Response;
use crate::web::list;

cause! {
    /// # What happened
    /// The server sends another Access-Control-Allow-Origin to another origin, but no Vary: Origin. A cache (the browser's own included) may then give one
    /// page's answer to another, and the other is blocked.
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
    let step = control::read(case)?;
    let actual = case.actual()?;
    let response = actual.response.as_ref().filter(|response| !varies(response) && !uncacheable(response))?;
    let value = response.combined("access-control-allow-origin")?;
    let other = case.answer(&step)?;
    let theirs = other.response.as_ref().filter(|theirs| theirs.status == response.status)?.combined("access-control-allow-origin");
    if theirs.as_deref() == Some(value.as_str()) {
        return None;
    }
    let shown = theirs.map_or("no Access-Control-Allow-Origin".to_owned(), |theirs| super::quote(&theirs, 100));
    Some(
        Finding::new(format!(
            "{} gets Access-Control-Allow-Origin: {value}, another origin gets {shown}, and neither answer has Vary: Origin. A cache may give one \
             page's answer to the other, which is then blocked.",
            case.ask.origin
        ))
        .cite(actual, format!("Access-Control-Allow-Origin: {value}, no Vary: Origin"))
        .cite(other, format!("from another origin: {shown}"))
        .severity(Severity::Warning)
        .fix(server_fix(case, actual, Fix::new("vary-origin", "Send Vary: Origin on every answer of this URL", "Also on answers to requests without Origin."))),
    )
}

fn varies(response: &Response) -> bool {
    response.combined("vary").is_some_and(|value| list::items(&value).any(|item| item == "*" || item.eq_ignore_ascii_case("origin")))
}

fn uncacheable(response: &Response) -> bool {
    response.combined("cache-control").is_some_and(|value| list::items(&value).any(|item| item.eq_ignore_ascii_case("no-store")))
}
