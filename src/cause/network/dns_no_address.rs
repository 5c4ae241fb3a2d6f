//! The name exists, but has no address.

use super::{Broken, ONE_ERROR, provider};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The host name exists, but has no A and no AAAA record (of the family that was asked for), so there is nothing to connect to.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure.
    /// # How to tell
    /// The resolver answers NOERROR without an address: only an MX or TXT record was made, a CNAME leads to a name without addresses, or
    /// only IPv6 addresses exist and IPv4 was asked for.
    /// # Fix
    /// Add an A or AAAA record, or point the CNAME at a name that has one. An apex domain cannot be a CNAME: use an alias record.
    /// # Sources
    /// - NODATA: <https://www.rfc-editor.org/rfc/rfc2308#section-2.2>
    "dns-no-address": "the host name has no address", Cause, Protocol, Dns
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::DnsNoAddress)?;
    let host = &broken.host;
    let chain = broken.probe.dns.as_ref().map(|dns| dns.chain.as_slice()).unwrap_or_default();
    let through = match chain.last() {
        Some(last) => format!(" It is an alias (CNAME) that ends at {last}, and that name has none."),
        None => String::new(),
    };
    Some(
        broken
            .finding(
                &format!("DNS for {host}: no A or AAAA record"),
                format!(
                    "The name {host} exists, but no address belongs to it, so the browser has nothing to connect to.{through} {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(if provider::owns(&broken) {
                provider::another_resolver(host)
            } else {
                Fix::new(
                    "add-dns-address",
                    format!("add an A (or AAAA) record for {}", chain.last().unwrap_or(host)),
                    "Or correct the CNAME so that it leads to a name with addresses.",
                )
            }),
    )
}
