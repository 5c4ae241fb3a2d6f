//! The resolver refuses to answer.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The resolver answered REFUSED: it does not answer this client, or not for this name.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure.
    /// # How to tell
    /// REFUSED in the answer. The resolver serves only its own zones or networks, or filters the name.
    /// # Fix
    /// Use a resolver that serves this network, or allow the client (or the name) on it.
    /// # Sources
    /// - Response codes: <https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1>
    "dns-refused": "the resolver refuses to answer for this name", Cause, Protocol, Dns
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::DnsRefused)?;
    let host = &broken.host;
    let who = broken.probe.dns.as_ref().and_then(|dns| dns.resolver.as_deref()).map(|r| format!(" {r}")).unwrap_or_default();
    Some(
        broken
            .finding(
                &format!("DNS for {host}: REFUSED"),
                format!(
                    "The resolver{who} refuses to answer for {host} (REFUSED): it does not serve this client, or it filters the name. \
                     Nothing was ever sent. {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Likely)
            .fix(Fix::new("use-another-resolver", "use a resolver that serves this network", "").snippet(
                "shell",
                "compare",
                format!("dig @1.1.1.1 {host}"),
            )),
    )
}
