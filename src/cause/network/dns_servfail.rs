//! The resolver tried and failed.

use super::{Broken, ONE_ERROR, provider};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The resolver answered SERVFAIL: it asked the zone's name servers and got no usable answer. Or the answer itself made no sense,
    /// such as aliases that lead in a circle.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure.
    /// # How to tell
    /// SERVFAIL for this name while others resolve: broken DNSSEC, a delegation to servers that do not know the zone, or all of them
    /// down.
    /// # Fix
    /// Look at the zone's delegation and DNSSEC (`dig +trace NAME`, dnsviz.net). If another resolver knows the name, it is the first
    /// one's fault.
    /// # Sources
    /// - Response codes: <https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1>
    /// - DNSSEC failures: <https://www.rfc-editor.org/rfc/rfc4035#section-5.5>
    "dns-servfail": "name resolution failed at the resolver", Cause, Protocol, Dns
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::DnsServfail).or_else(|| Broken::with(case, FailureKind::DnsMalformed))?;
    let host = &broken.host;
    let finding = broken
        .finding(
            &format!("DNS for {host}: SERVFAIL"),
            format!(
                "The resolver could not find out the address of {host} (SERVFAIL), so nothing was ever sent. Broken DNSSEC and a \
                 delegation to name servers that do not know the zone are the usual reasons. {ONE_ERROR}"
            ),
        )
        .confidence(Confidence::Likely);
    if provider::owns(&broken) {
        return Some(finding.fix(provider::another_resolver(host)));
    }
    Some(
        finding.fix(
            Fix::new(
                "mend-the-zone",
                format!("check the delegation and DNSSEC of {host}"),
                "If another resolver answers, the first one is at fault.",
            )
            .snippet(
                "shell",
                "follow the delegation",
                format!("dig +trace {host}\ndig @1.1.1.1 {host} && dig @1.1.1.1 +cd {host}"),
            ),
        ),
    )
}
