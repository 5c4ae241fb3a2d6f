//! The resolver is silent.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The resolver did not answer in time, so the address is not known and nothing was sent.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure, only later.
    /// # How to tell
    /// No answer for this name. If other names resolve, the zone's own name servers are silent; if none does, the resolver or the way to
    /// it is.
    /// # Fix
    /// Check the network and the resolver first, then the zone's name servers.
    /// # Sources
    /// - Retries of resolvers: <https://www.rfc-editor.org/rfc/rfc1035#section-7.2>
    "dns-timeout": "the resolver does not answer", Cause, Protocol, Dns
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::DnsTimeout)?;
    let host = &broken.host;
    Some(
        broken
            .finding(
                &format!("DNS for {host}: no answer in time"),
                format!(
                    "The resolver did not answer for {host} in time, so nothing was ever sent. Either the way to the resolver is cut \
                     (VPN, firewall), or the zone's own name servers are silent. {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Likely)
            .fix(Fix::new("check-the-resolver", "see whether other names resolve, and whether other resolvers know this one", "").snippet(
                "shell",
                "compare",
                format!("dig example.com\ndig @1.1.1.1 {host}"),
            )),
    )
}
