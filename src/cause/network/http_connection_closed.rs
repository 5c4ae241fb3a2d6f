//! The connection was closed before an answer.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The server accepted the connection and closed it without an answer.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure. Chromium's console has `net::ERR_EMPTY_RESPONSE`.
    /// # How to tell
    /// Connected, then the end of the stream. The process crashed on this request, a proxy lost its backend, a body was larger than a
    /// limit, or plain HTTP was sent to a TLS port.
    /// # Fix
    /// Look into the server's log at the time of the request; use the scheme that the port speaks.
    /// # Sources
    /// - Incomplete answers: <https://www.rfc-editor.org/rfc/rfc9112#section-8>
    "http-connection-closed": "the server closes the connection without an answer", Cause, Protocol, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::ConnectionClosed)?;
    let place = &broken.place;
    let hint = match (broken.url.scheme(), broken.url.port()) {
        ("http", Some(443 | 8443)) => " Port 443 and its like expect TLS, and the URL says http.",
        _ if broken.probe.request.method == "OPTIONS" => {
            " If it does so for OPTIONS only, a filter in front drops methods that it does not know."
        }
        _ if case.ask.body_bytes.is_some_and(|size| size > 1 << 20) => {
            " The body is large: a limit of a proxy or of the server may have cut it off."
        }
        _ => "",
    };
    Some(
        broken
            .finding(
                &format!("connection to {place} closed"),
                format!(
                    "{place} accepted the connection and closed it without an answer: the process crashed on this request, or a proxy \
                     lost its backend.{hint} {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(Fix::new(
                "read-the-log",
                format!("look into the log of {place} at the time of the request"),
                "A crash, a limit or a lost backend is written there.",
            )),
    )
}
