//! Allowed, and an HTTP error.

use super::words::{self, meaning};
use crate::cause::{Case, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// CORS is fine: the page may read the answer. The answer is an error (4xx or 5xx).
    /// # Why the browser hides it
    /// It does not: `response.status` and the body are there. `fetch` does not throw on them, so a page that never looks at `response.ok`
    /// may take the error for a result.
    /// # How to tell
    /// The CORS check passes, and the status is 400 or more.
    /// # Fix
    /// Mend what the status and the body say. No CORS rule has to change.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - RFC 9110, status codes: <https://www.rfc-editor.org/rfc/rfc9110#section-15>
    "http-error-readable": "the request is allowed, and the answer is an error", Note, Protocol, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (probe, response) = case.error_reply().filter(|_| case.allowed())?;
    let said = words::of(response).map(|words| format!(" It says: \"{words}\".")).unwrap_or_default();
    let method = if probe.request.method.is_empty() { case.ask.sent_method() } else { probe.request.method.clone() };
    Some(
        Finding::new(format!(
            "CORS is fine: the page may read the answer. But {} answers {method} with {}. {}{said}",
            case.answerer_of(probe).chain(),
            response.status,
            meaning(response)
        ))
        .cite(probe, format!("status {}", response.status))
        .severity(Severity::Warning)
        .fix(Fix::new("mend-the-error", format!("mend what {} says; no CORS rule has to change", response.status), "")),
    )
}
