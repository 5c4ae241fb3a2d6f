//! Credentials are included, and the answer does not allow them.

use super::fault::{Fault, Kind};
use super::wildcard_with_credentials::without_credentials;
use crate::cause::{Case, Confidence, Finding};

cause! {
    /// # What happened
    /// The page includes credentials, the origin is allowed, but Access-Control-Allow-Credentials is missing.
    /// # Why the browser hides it
    /// It does not: "The value of the 'Access-Control-Allow-Credentials' header in the response is ''".
    /// # How to tell
    /// `credentials: "include"` or `withCredentials = true` in the page, no such header in the answer. Both answers need it, the
    /// preflight's and the request's own.
    /// # Fix
    /// Send Access-Control-Allow-Credentials: true, or leave credentials out in the page.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Allow-Credentials>
    "missing-allow-credentials": "credentials are included, and the answer does not allow them", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::NoCredentials)?;
    Some(
        fault
            .finding(
                case,
                "Access-Control-Allow-Credentials",
                format!(
                    "The page includes credentials (cookies, HTTP authentication), and {} has no Access-Control-Allow-Credentials: true. \
                     Both answers need it, the preflight's and the request's own.",
                    fault.answer()
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(fault.fix(
                case,
                "allow-credentials",
                "send Access-Control-Allow-Credentials: true".into(),
                "On the answer to OPTIONS and on the answer to the request itself.",
            ))
            .fix(without_credentials(case, &fault)),
    )
}
