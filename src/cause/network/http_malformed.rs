//! What came back is not HTTP.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// Something answered, but what it sent is not HTTP: another protocol listens on that port, or the server writes broken headers.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure. Chromium's console has `net::ERR_INVALID_HTTP_RESPONSE`.
    /// # How to tell
    /// The first bytes tell: a greeting of a mail or database server, a TLS record to a plain request, or a status line that cannot be
    /// read.
    /// # Fix
    /// Correct the port, or the scheme; else mend what writes the answer (a header with a line break, a wrong Content-Length).
    /// # Sources
    /// - The form of an answer: <https://www.rfc-editor.org/rfc/rfc9112#section-4>
    "http-malformed": "the answer is not HTTP", Cause, Protocol, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::HttpMalformed)?;
    let place = &broken.place;
    let tls = if broken.url.scheme() == "http" { " A port that expects TLS answers a plain request like this too." } else { "" };
    Some(
        broken
            .finding(
                &format!("the answer of {place}"),
                format!(
                    "{place} answered, but not in HTTP: another service listens on that port, or the server writes headers that cannot \
                     be read.{tls} {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(Fix::new("fix-url", format!("check that the API listens on {place}, and over {}", broken.url.scheme()), "").snippet(
                "shell",
                "see the first bytes",
                format!("curl -v {}://{place}/", broken.url.scheme()),
            )),
    )
}
