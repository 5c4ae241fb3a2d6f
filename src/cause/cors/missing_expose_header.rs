//! A header that the page needs is not exposed.

use super::fault::server_fix;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::verdict::{self, Stage};

cause! {
    /// # What happened
    /// The request is allowed, but a response header that the page needs is not among those that it may read. A cross-origin page may
    /// read seven simple headers (Content-Type, Content-Length, Cache-Control, Expires, Last-Modified, Content-Language, Pragma); every
    /// other one has to be exposed.
    /// # Why the browser hides it
    /// No error at all: `response.headers.get(…)` is null. Libraries then fail in their own words (an upload without its `ETag`, a
    /// download without its name).
    /// # How to tell
    /// The header is in the network panel, but not in Access-Control-Expose-Headers of the answer.
    /// # Fix
    /// List it in Access-Control-Expose-Headers on the answer to the request (not the preflight). `*` exposes all, except when
    /// credentials are included.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Expose-Headers>
    "missing-expose-header": "a response header that the page needs is not exposed", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let probe = case.deciding().filter(|_| case.verdict.stage == Stage::Expose)?;
    let response = probe.response.as_ref()?;
    let hidden: Vec<&str> = case.ask.expose.iter().map(String::as_str).filter(|name| !verdict::exposes(case.ask, response, name)).collect();
    let all = hidden.join(", ");
    let exposed = response.combined("access-control-expose-headers");
    let shown =
        exposed.as_ref().map_or("has no Access-Control-Expose-Headers".to_owned(), |value| format!("exposes {}", super::quote(value, 160)));
    let star = case.ask.with_credentials() && exposed.as_ref().is_some_and(|value| value.contains('*'));
    let literal = if star { " With credentials the * there is no wildcard." } else { "" };
    let absent: Vec<&str> = hidden.iter().copied().filter(|name| response.header(name).is_none()).collect();
    let not_there = if absent.is_empty() { String::new() } else { format!(" This answer did not carry {} at all.", absent.join(", ")) };
    let title = format!("Add {all} to Access-Control-Expose-Headers on the answer to the request");
    Some(
        Finding::new(format!("The page may read the answer, but not its header {all}: the answer {shown}.{literal}{not_there}"))
            .layer(case.answerer_of(probe).layer)
            .cite(
                probe,
                exposed.map_or("no Access-Control-Expose-Headers".to_owned(), |value| {
                    format!("Access-Control-Expose-Headers: {}", super::quote(&value, 200))
                }),
            )
            .confidence(Confidence::Confirmed)
            .fix(server_fix(
                case,
                probe,
                Fix::new("expose-header", title, "The preflight's answer needs no such line.").snippet(
                    "http",
                    "",
                    format!("Access-Control-Expose-Headers: {all}"),
                ),
            )),
    )
}
