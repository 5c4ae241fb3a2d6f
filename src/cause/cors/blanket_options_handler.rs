//! OPTIONS is answered alike everywhere.

use super::control;
use crate::cause::{Case, Finding, Fix, Severity};
use crate::evidence::Purpose;

cause! {
    /// # What happened
    /// A path that cannot exist answers the preflight with the same permission. So the preflight proves nothing about the route: whether
    /// it exists and takes the method shows only with the request itself.
    /// # Why the browser hides it
    /// Nothing is wrong with that by itself; it only makes a passing preflight worth less.
    /// # How to tell
    /// A random path gets the same answer to OPTIONS.
    /// # Fix
    /// Nothing has to be changed. To know more, send the request itself (`--send-actual`).
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    "blanket-options-handler": "OPTIONS is answered alike on every path", Note, Protocol, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    case.follow_ups().next()?;
    let step = control::random_path(case)?;
    let path = step.url.path().to_owned();
    let probe = match case.answer(&step) {
        Some(probe) => probe,
        None => case.follow_ups().find(|probe| probe.purpose == Purpose::RandomPath)?,
    };
    if case.preflight_passes(probe) != Some(true) {
        return None;
    }
    let status = probe.response.as_ref().map_or(0, |response| response.status);
    // Once the request itself was answered, that answer tells what the preflight does not.
    let sent = case.actual().is_some_and(|probe| probe.response.is_some());
    let next = if sent {
        Fix::new("trust-the-answer", "go by the answer to the request itself", "")
    } else {
        Fix::new("send-the-request", "send the request itself to know more (--send-actual)", "")
    };
    Some(
        Finding::new(format!(
            "OPTIONS {path}, a path that cannot exist, is allowed as well ({status}). So the preflight proves nothing about \
             the route itself."
        ))
        .cite(probe, format!("OPTIONS {path} → {status}"))
        .severity(Severity::Note)
        .fix(next),
    )
}
