//! Questions to a resolver: A and AAAA together, the chain of names, and what its errors mean.

use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Family, MAX_ADDRESSES};
use crate::evidence::FailureKind;

/// Names followed in a chain of CNAMEs.
const MAX_CHAIN: usize = 16;
/// How long the slower of A and AAAA may take once the other has given addresses (RFC 8305 §3).
const SECOND_FAMILY_GRACE: Duration = Duration::from_millis(50);

/// What one or two questions brought.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) chain: Vec<String>,
    pub(super) rcode: String,
    pub(super) failed: Option<FailureKind>,
    pub(super) detail: String,
    pub(super) until: Option<Instant>,
}

impl Found {
    /// Two families make one answer: any address is a success; else the answer that says most.
    fn join(self, other: Self) -> Self {
        let unanswered = |found: &Self| !matches!(found.failed, None | Some(FailureKind::DnsNoAddress | FailureKind::DnsNxdomain));
        let one_is_unanswered = unanswered(&self) || unanswered(&other);
        let weight = |found: &Self| match found.failed {
            None => 0,
            // One family without records: the name exists. But the other, had its question been answered, might have an address.
            Some(FailureKind::DnsNoAddress) if one_is_unanswered => 5,
            Some(FailureKind::DnsNoAddress) => 1,
            Some(FailureKind::DnsNxdomain) => 2,
            Some(FailureKind::DnsServfail | FailureKind::DnsRefused) => 3,
            Some(_) => 4,
        };
        let (mut best, other) = if weight(&self) <= weight(&other) { (self, other) } else { (other, self) };
        if best.failed.is_none() && other.failed.is_none() {
            best.addresses = alternate(best.addresses, other.addresses);
            best.until = best.until.min(other.until);
        }
        best
    }

    /// A negative answer keeps no chain: asks for the aliases, so that one that leads nowhere, or in a circle, is seen.
    pub(super) async fn follow_chain(&mut self, resolver: &TokioResolver, mut name: Name, deadline: Instant) {
        let mut seen = vec![label(&name)];
        while seen.len() <= MAX_CHAIN {
            let Ok(Ok(lookup)) = timeout_at(deadline, resolver.lookup(name.clone(), RecordType::CNAME)).await else { break };
            let alias = lookup.answers().iter().find_map(|record| match &record.data {
                RData::CNAME(alias) if record.name == name => Some(alias.0.clone()),
                _ => None,
            });
            let Some(alias) = alias else { break };
            let text = label(&alias);
            if seen.contains(&text) {
                self.failed = Some(FailureKind::DnsMalformed);
                self.detail = format!("its aliases go in a circle ({} → {text})", seen.join(" → "));
                break;
            }
            seen.push(text);
            name = alias;
        }
        seen.remove(0);
        self.chain = seen;
    }
}

/// Asks A and AAAA together, or the wanted one of them.
pub(super) async fn addresses(resolver: &TokioResolver, family: Option<Family>, name: &Name, deadline: Instant) -> Found {
    let one = |kind: RecordType| one_family(resolver, name.clone(), kind, deadline);
    match family {
        Some(Family::V4) => one(RecordType::A).await,
        Some(Family::V6) => one(RecordType::AAAA).await,
        None => {
            let (mut v4, mut v6) = (std::pin::pin!(one(RecordType::A)), std::pin::pin!(one(RecordType::AAAA)));
            let (first, second) = tokio::select! {
                found = &mut v4 => (found, v6 as std::pin::Pin<&mut (dyn Future<Output = Found> + Send)>),
                found = &mut v6 => (found, v4 as _),
            };
            if first.addresses.is_empty() {
                return first.join(second.await);
            }
            match timeout(SECOND_FAMILY_GRACE, second).await {
                Ok(second) => first.join(second),
                Err(_) => first,
            }
        }
    }
}

async fn one_family(resolver: &TokioResolver, name: Name, kind: RecordType, deadline: Instant) -> Found {
    let failed = |kind, rcode: &str, detail: String| Found { rcode: rcode.into(), failed: Some(kind), detail, ..Found::default() };
    let lookup = match timeout_at(deadline, resolver.lookup(name, kind)).await {
        Ok(Ok(lookup)) => lookup,
        Ok(Err(error)) => {
            let (kind, rcode) = reading(&error);
            return failed(kind, &rcode, error.to_string());
        }
        Err(_) => return failed(FailureKind::DnsTimeout, "TIMEOUT", String::new()),
    };
    let mut found = Found { rcode: "NOERROR".into(), until: Some(Instant::from_std(lookup.valid_until())), ..Found::default() };
    for record in lookup.answers() {
        match &record.data {
            RData::A(a) if found.addresses.len() < MAX_ADDRESSES => found.addresses.push(a.0.into()),
            RData::AAAA(a) if found.addresses.len() < MAX_ADDRESSES => found.addresses.push(a.0.into()),
            RData::CNAME(alias) if found.chain.len() < MAX_CHAIN => found.chain.push(label(&alias.0)),
            _ => {}
        }
    }
    if found.addresses.is_empty() {
        found.failed = Some(FailureKind::DnsNoAddress);
    }
    found
}

/// The one place where the resolver's errors become faults.
fn reading(error: &NetError) -> (FailureKind, String) {
    let kind = |kind, rcode: &str| (kind, rcode.to_owned());
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NXDomain => {
            kind(FailureKind::DnsNxdomain, "NXDOMAIN")
        }
        NetError::Dns(DnsError::NoRecordsFound(_)) => kind(FailureKind::DnsNoAddress, "NOERROR"),
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused | ResponseCode::NotAuth)) => kind(FailureKind::DnsRefused, "REFUSED"),
        NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => kind(FailureKind::DnsServfail, "SERVFAIL"),
        NetError::Dns(DnsError::ResponseCode(code)) => kind(FailureKind::DnsServfail, &code.to_string().to_uppercase()),
        NetError::Timeout => kind(FailureKind::DnsTimeout, "TIMEOUT"),
        NetError::Io(_) | NetError::NoConnections | NetError::Busy => kind(FailureKind::Local, ""),
        _ => kind(FailureKind::DnsMalformed, ""),
    }
}

/// Starts with the family of the first list and alternates: <https://www.rfc-editor.org/rfc/rfc8305#section-4>.
fn alternate(one: Vec<IpAddr>, two: Vec<IpAddr>) -> Vec<IpAddr> {
    let (mut v6, mut v4) =
        if one.first().is_some_and(IpAddr::is_ipv6) { (one.into_iter(), two.into_iter()) } else { (two.into_iter(), one.into_iter()) };
    let mut out = Vec::new();
    while out.len() < MAX_ADDRESSES {
        let (a, b) = (v6.next(), v4.next());
        if a.is_none() && b.is_none() {
            break;
        }
        out.extend(a);
        out.extend(b);
    }
    out.truncate(MAX_ADDRESSES);
    out
}

fn label(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn families_alternate_and_are_bounded() {
        let v4: Vec<IpAddr> = (0..40).map(|n| Ipv4Addr::new(10, 0, 0, n).into()).collect();
        let v6: Vec<IpAddr> = vec![Ipv6Addr::LOCALHOST.into()];
        let both = alternate(v4.clone(), v6);
        assert_eq!(both.len(), MAX_ADDRESSES);
        assert!(both[0].is_ipv6() && both[1].is_ipv4() && both[2].is_ipv4());
        assert_eq!(alternate(v4, Vec::new())[0].to_string(), "10.0.0.0");
    }

    #[test]
    fn an_address_beats_a_failure_and_nodata_beats_nxdomain() {
        let failed = |kind| Found { failed: Some(kind), ..Found::default() };
        let good = || Found { addresses: vec![Ipv4Addr::LOCALHOST.into()], ..Found::default() };
        assert!(failed(FailureKind::DnsTimeout).join(good()).failed.is_none());
        assert_eq!(failed(FailureKind::DnsNxdomain).join(failed(FailureKind::DnsNoAddress)).failed, Some(FailureKind::DnsNoAddress));
        assert_eq!(failed(FailureKind::DnsTimeout).join(failed(FailureKind::DnsNxdomain)).failed, Some(FailureKind::DnsNxdomain));
        assert_eq!(failed(FailureKind::DnsNoAddress).join(failed(FailureKind::DnsTimeout)).failed, Some(FailureKind::DnsTimeout));
    }
}
