//! The TLS handshake fails for another reason; often because the port does not speak TLS.

use url::Url;

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{FailureKind, Purpose};

cause! {
    /// # What happened
    /// The TLS handshake failed before any certificate could be judged. Most often the port speaks plain HTTP while the URL says https;
    /// else both sides have no TLS version or cipher in common, the server wants a client certificate, or it does not know the name
    /// (SNI).
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure. Chromium's console has `net::ERR_SSL_PROTOCOL_ERROR`.
    /// # How to tell
    /// Ask the same port with http: if it answers, scheme and port do not belong together.
    /// # Fix
    /// Use the scheme that the port speaks, or put TLS on it. A page over https needs an https server.
    /// # Sources
    /// - Alerts: <https://www.rfc-editor.org/rfc/rfc8446#section-6>
    "tls-handshake": "the TLS handshake fails", Cause, Protocol, Tls
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TlsHandshake)?;
    let place = &broken.place;
    let plain = plain(&broken.url)?;
    let step = case.get_step(Purpose::FollowUp, |ask| {
        ask.url = plain.clone();
        ask.headers.clear();
    });
    let spoken = case.answer(&step).and_then(|probe| Some((probe, probe.response.as_ref()?)));
    let finding = match spoken {
        Some((probe, response)) => broken
            .finding(
                &format!("TLS handshake with {place}"),
                format!(
                    "The URL says https, but {place} speaks plain HTTP: asked with http, it answers {}. The TLS handshake fails before \
                     anything is sent. {ONE_ERROR}",
                    response.status
                ),
            )
            .cite(probe, format!("GET {plain} → {}", response.status))
            .confidence(Confidence::Confirmed),
        None => broken
            .finding(
                &format!("TLS handshake with {place}"),
                format!(
                    "The TLS handshake with {place} failed before anything was sent. A port that speaks plain HTTP fails like this, and \
                     so does a server without a TLS version in common, or one that does not know the name {}. {ONE_ERROR}",
                    broken.host
                ),
            )
            .confidence(Confidence::Likely)
            .want(step),
    };
    Some(
        finding
            .fix(Fix::new(
                "use-matching-scheme",
                format!("use the scheme that {place} speaks, or put TLS on it"),
                "If the page is served over https, the server needs TLS too: a certificate on it, or a reverse proxy in front.",
            ))
            .fix(Fix::new("look-at-the-handshake", "see which side gives up", "").snippet(
                "shell",
                "",
                format!("openssl s_client -connect {place} -servername {} </dev/null", broken.host),
            )),
    )
}

/// The same host and port over http.
fn plain(url: &Url) -> Option<Url> {
    let port = url.port_or_known_default()?;
    let mut plain = url.clone();
    plain.set_scheme("http").ok()?;
    plain.set_port(Some(port)).ok()?;
    Some(plain)
}
