//! The certificate has expired.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The server's certificate has expired, so the browser hung up before sending anything.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure. Chromium's console has `net::ERR_CERT_DATE_INVALID`.
    /// # How to tell
    /// The certificate's end lies in the past. If it does not, the clock of the user's machine is wrong.
    /// # Fix
    /// Renew the certificate, reload the server so that it shows the new one, and mend the automatic renewal.
    /// # Sources
    /// - Validity: <https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5>
    "tls-expired": "the certificate has expired", Cause, Protocol, Tls
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TlsExpired)?;
    let host = &broken.host;
    let end = broken.probe.tls.as_ref().map(|tls| tls.not_after.as_str()).filter(|date| !date.is_empty());
    let when = end.map(|date| format!(" on {date}")).unwrap_or_default();
    Some(
        broken
            .finding(
                &format!("TLS with {}: certificate expired{when}", broken.place),
                format!("The certificate of {host} expired{when}, so the browser hangs up before it sends anything. {ONE_ERROR}"),
            )
            .confidence(Confidence::Confirmed)
            .fix(
                Fix::new(
                    "fix-certificate",
                    format!("renew the certificate of {host} and reload the server"),
                    "A renewed certificate is used only after the server has read it.",
                )
                .snippet("shell", "certbot", "certbot renew && systemctl reload nginx"),
            ),
    )
}
