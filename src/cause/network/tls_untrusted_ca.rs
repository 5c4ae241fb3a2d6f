//! Nobody the browser trusts signed the certificate.

use super::{Broken, ONE_ERROR, provider};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The server's certificate was not signed by an authority that is trusted here: it is self-signed, comes from a private authority,
    /// or the server leaves out the intermediate certificate.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure; nobody gets to click a warning away. Chromium's console has
    /// `net::ERR_CERT_AUTHORITY_INVALID`.
    /// # How to tell
    /// Look at the issuer. Open the URL itself in a tab: the browser then shows its warning.
    /// # Fix
    /// Use a certificate of a public authority, with its whole chain. For development, install the local authority (mkcert does), or
    /// accept the warning once in a tab of its own; for a private authority, install it on the users' machines.
    /// # Sources
    /// - Path validation: <https://www.rfc-editor.org/rfc/rfc5280#section-6>
    /// - The chain a server has to send: <https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2>
    "tls-untrusted-ca": "nobody that browsers trust signed the certificate", Cause, Protocol, Tls
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TlsUntrustedCa)?;
    let host = &broken.host;
    let issuer = broken.probe.tls.as_ref().map(|tls| tls.issuer.as_str()).filter(|issuer| !issuer.is_empty());
    let by = issuer.map(|issuer| format!(" (issuer: {})", super::quote(issuer, 120))).unwrap_or_default();
    let finding = broken
        .finding(
            &format!("TLS with {}{by}", broken.place),
            format!(
                "The certificate of {host}{by} was not signed by an authority that browsers trust (it is self-signed, or a private \
                 authority made it), or the server leaves out the intermediate one. The browser hangs up before it sends anything. \
                 {ONE_ERROR}"
            ),
        )
        .confidence(Confidence::Likely);
    if provider::owns(&broken) {
        return Some(provider::inspected_on_the_way(finding, host));
    }
    Some(
        finding.fix(
            Fix::new(
                "fix-certificate",
                format!("use a certificate of a public authority for {host}, with its whole chain"),
                "On a development machine, mkcert makes a local authority that the browser trusts.",
            )
            .snippet(
                "shell",
                "see the chain that the server sends",
                format!("openssl s_client -connect {} -servername {host} -showcerts </dev/null", broken.place),
            ),
        ),
    )
}
