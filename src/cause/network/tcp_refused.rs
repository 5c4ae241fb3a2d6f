//! Nothing listens on the port.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The host answered, and refused the connection: nothing listens on that port.
    /// # Why the browser hides it
    /// A page may not find out which ports are open, so it gets one network error for all of this. Chromium's console has
    /// `net::ERR_CONNECTION_REFUSED`; Firefox words it "CORS request did not succeed".
    /// # How to tell
    /// "Connection refused" for this host and port. Common reasons: the server is not running, listens on another port or on 127.0.0.1
    /// only, a container's port is not published, or the port was lost when the URL was put together.
    /// # Fix
    /// Start the server, or correct host and port in the URL. In a container, listen on 0.0.0.0 and publish the port.
    /// # Sources
    /// - TCP reset on a closed port: <https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2>
    "tcp-refused": "nothing listens on that port", Cause, Protocol, Network
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TcpRefused)?;
    let (host, place) = (&broken.host, &broken.place);
    let port = broken.url.port_or_known_default().unwrap_or_default();
    Some(
        broken
            .finding(
                &format!("connect to {place}"),
                format!(
                    "{place}{} refused the connection: the machine is there, but nothing listens on port {port}.{} {ONE_ERROR}",
                    broken.addresses(),
                    broken.port_hint()
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(Fix::new(
                "fix-url",
                format!("check that {host} and port {port} are what the server listens on"),
                "The port is easily lost where a client puts a URL together.",
            ))
            .fix(
                Fix::new(
                    "start-the-server",
                    format!("start the server on port {port}, reachable from outside"),
                    "A server bound to 127.0.0.1, and a container without a published port, refuse everybody else.",
                )
                .snippet("shell", "on the server", format!("ss -ltnp 'sport = :{port}'")),
            ),
    )
}
