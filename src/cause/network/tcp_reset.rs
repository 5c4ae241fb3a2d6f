//! The connection was reset.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The connection was opened and then reset before an answer came.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure. Chromium's console has `net::ERR_CONNECTION_RESET`.
    /// # How to tell
    /// A reset, not a refusal: something accepted and then gave up. Typical of a published container port without a listener behind it, a
    /// proxy whose backend is down, a firewall that cuts by name, a server that crashed, or TLS spoken to a port that does not know it.
    /// # Fix
    /// Look behind what accepts: does the process in the container listen on the port that is published, on 0.0.0.0? Does the proxy's
    /// backend run?
    /// # Sources
    /// - Reset: <https://www.rfc-editor.org/rfc/rfc9293#section-3.5.3>
    "tcp-reset": "the connection is reset before an answer", Cause, Protocol, Network
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TcpReset)?;
    let place = &broken.place;
    Some(
        broken
            .finding(
                &format!("connection to {place} reset"),
                format!(
                    "{place}{} accepted the connection and then reset it without an answer. A published container port with nothing \
                     listening behind it does that, and so do a proxy without backend and some firewalls.{} {ONE_ERROR}",
                    broken.addresses(),
                    broken.port_hint()
                ),
            )
            .confidence(Confidence::Likely)
            .fix(
                Fix::new(
                    "fix-port-mapping",
                    format!("find what accepts on {place}, and whether anything listens behind it"),
                    "In a container, the process has to listen on 0.0.0.0 and on the port that the mapping leads to.",
                )
                .snippet("shell", "see what a plain client gets", format!("curl -v {}://{place}/", broken.url.scheme())),
            ),
    )
}
