//! Connected, then silence.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The server accepted the connection and the request, and then gave no answer in time.
    /// # Why the browser hides it
    /// A preflight without an answer ends as a network error, the same as a CORS failure.
    /// # How to tell
    /// Connection (and TLS) are fine, the answer is missing. If only OPTIONS hangs, the application waits for something that a preflight
    /// does not have, such as a body or a session.
    /// # Fix
    /// Find out in the server's log what it waits for: a database, another service, a lock. Answer OPTIONS before anything slow.
    /// # Sources
    /// - Timeouts of intermediaries: <https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5>
    "http-timeout": "the server accepts the request and does not answer", Cause, Protocol, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::HttpTimeout)?;
    let place = &broken.place;
    let method = &broken.probe.request.method;
    let preflight = method == "OPTIONS";
    let what = if preflight { "the preflight (OPTIONS)" } else { "the request" };
    Some(
        broken
            .finding(
                &format!("{place} accepted {what} and stayed silent"),
                format!(
                    "{place} accepted the connection, took {what} and gave no answer in time (timeout). The server, or something behind \
                     it, hangs. {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(
                Fix::new(
                    "find-what-hangs",
                    format!("see in the log of {place} what it waits for"),
                    if preflight {
                        "Answer OPTIONS in the front (proxy, gateway or first middleware), before anything slow."
                    } else {
                        "A database, another service, a lock."
                    },
                )
                .snippet(
                    "shell",
                    "how long it takes",
                    format!(
                        "curl -sv -m 60 -o /dev/null -X {method} -H 'Origin: {}' '{}{}'",
                        case.ask.origin,
                        broken.url.origin().ascii_serialization(),
                        broken.url.path().replace('\'', "%27")
                    ),
                ),
            ),
    )
}
