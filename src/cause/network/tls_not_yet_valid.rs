//! The certificate is not valid yet.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The server's certificate begins to be valid in the future only, so the browser hung up before sending anything.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure. Chromium's console has `net::ERR_CERT_DATE_INVALID`.
    /// # How to tell
    /// The certificate's begin lies ahead. Either it was issued by a machine whose clock runs ahead, or the clock here runs behind.
    /// # Fix
    /// Set the clocks right (NTP) and issue the certificate again.
    /// # Sources
    /// - Validity: <https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5>
    "tls-not-yet-valid": "the certificate is not valid yet", Cause, Protocol, Tls
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TlsNotYetValid)?;
    let host = &broken.host;
    let begin = broken.probe.tls.as_ref().map(|tls| tls.not_before.as_str()).filter(|date| !date.is_empty());
    let when = begin.map(|date| format!(" before {date}")).unwrap_or_default();
    Some(
        broken
            .finding(
                &format!("TLS with {}: certificate not valid{when}", broken.place),
                format!(
                    "The certificate of {host} is not valid{when}, so the browser hangs up before it sends anything. A wrong clock is \
                     the usual reason. {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(Fix::new(
                "fix-certificate",
                "set the clocks right and issue the certificate again",
                "Look at the clock of the machine that issued it, and at the one here.",
            )),
    )
}
