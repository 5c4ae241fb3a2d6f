//! Name resolution: addresses, the chain of names and the response code, each name asked once per run.
//! Decides nothing: what the resolver said is recorded, failures included.

mod question;
mod server;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::proto::rr::Name;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::question::{Found, addresses};
use self::server::Server;
use crate::evidence::{Dns, Failure, FailureKind};

/// Addresses kept of one name.
const MAX_ADDRESSES: usize = 32;
/// Names remembered at once.
const MAX_NAMES: usize = 4096;
/// How long an answer without a time-to-live is kept.
const DEFAULT_LIFE: Duration = Duration::from_secs(30);

/// An address family that `-4` or `-6` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// What is known of a name.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) dns: Dns,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) failure: Option<Failure>,
    until: Instant,
}

/// The names of a run: each is asked once while its time-to-live lasts, by however many probes at once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    server: Option<SocketAddr>,
    family: Option<Family>,
    resolver: OnceCell<Result<Server, Failure>>,
    known: Mutex<HashMap<String, Arc<OnceCell<Resolved>>>>,
}

impl Names {
    pub(crate) fn new(server: Option<SocketAddr>, family: Option<Family>) -> Self {
        Self { server, family, ..Self::default() }
    }

    /// Resolves a name; an answer that is still fresh is not asked for again.
    pub(crate) async fn resolve(&self, host: &str, limit: Duration) -> Resolved {
        if let Some(known) = self.without_asking(host) {
            return known;
        }
        let cell = self.cell(host);
        // Most names are known; the future of asking would make that of every probe three times as large.
        cell.get_or_init(|| Box::pin(self.ask(host, limit))).await.clone()
    }

    /// Literal addresses and `localhost` need nobody: <https://www.rfc-editor.org/rfc/rfc6761#section-6.3>.
    fn without_asking(&self, host: &str) -> Option<Resolved> {
        if let Ok(ip) = host.parse() {
            return Some(self.known(host, vec![ip], "literal"));
        }
        if host == "localhost" || host.ends_with(".localhost") {
            return Some(self.known(host, vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()], "localhost"));
        }
        None
    }

    /// Addresses that no resolver was asked for.
    fn known(&self, host: &str, addresses: Vec<IpAddr>, who: &str) -> Resolved {
        let addresses: Vec<IpAddr> = addresses.into_iter().filter(|ip| self.wants(*ip)).collect();
        let failure = addresses
            .is_empty()
            .then(|| Failure { kind: FailureKind::DnsNoAddress, detail: format!("{host} has no {} address", self.family_name()) });
        let dns = dns_record(&addresses, Vec::new(), "NOERROR", who, false);
        Resolved { dns, addresses, failure, until: later(DEFAULT_LIFE) }
    }

    fn cell(&self, host: &str) -> Arc<OnceCell<Resolved>> {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let stale = |cell: &OnceCell<Resolved>| cell.get().is_some_and(|r| r.until <= now);
        if known.get(host).is_some_and(|cell| stale(cell)) {
            known.remove(host);
        }
        if known.len() >= MAX_NAMES {
            known.retain(|_, cell| !stale(cell));
            if known.len() >= MAX_NAMES {
                known.clear();
            }
        }
        Arc::clone(known.entry(host.to_owned()).or_default())
    }

    async fn ask(&self, host: &str, limit: Duration) -> Resolved {
        if self.server.is_none() {
            let listed = hosts_file(host);
            if !listed.is_empty() {
                return self.known(host, listed, "hosts file");
            }
        }
        let overridden = self.server.is_some();
        let asking = match self.resolver.get_or_init(|| async { Server::build(self.server, limit) }).await {
            Ok(asking) => asking,
            Err(failure) => return Self::nothing(failure.clone(), "", "", overridden),
        };
        let deadline = Instant::now() + limit;
        let Ok(name) = Name::from_ascii(host) else {
            let failure = Failure { kind: FailureKind::DnsNxdomain, detail: format!("{host:?} is not a name that DNS can hold") };
            return Self::nothing(failure, "NXDOMAIN", &asking.label, overridden);
        };
        let mut absolute = name.clone();
        absolute.set_fqdn(true);
        // A single label is looked for in the search list, as the system does; a dotted name is tried as it is first.
        let first = if absolute.num_labels() > 1 || !asking.searches { &absolute } else { &name };
        let mut found = tokio::select! {
            found = addresses(&asking.resolver, self.family, first, deadline) => found,
            absent = asking.nobody_listens() => absent,
        };
        if asking.searches && found.failed == Some(FailureKind::DnsNxdomain) && *first == absolute {
            let searched = addresses(&asking.resolver, self.family, &name, deadline).await;
            if !searched.addresses.is_empty() {
                found = searched;
            }
        }
        if matches!(found.failed, Some(FailureKind::DnsNxdomain | FailureKind::DnsNoAddress)) {
            found.follow_chain(&asking.resolver, absolute, deadline).await;
        }
        let dns = dns_record(&found.addresses, found.chain.clone(), &found.rcode, &asking.label, overridden);
        let until = found.until.unwrap_or_else(|| later(DEFAULT_LIFE));
        let failure = found.failed.map(|kind| Failure { kind, detail: self.words(host, kind, &found, asking) });
        Resolved { dns, addresses: found.addresses, failure, until }
    }

    fn nothing(failure: Failure, rcode: &str, label: &str, overridden: bool) -> Resolved {
        let dns = dns_record(&[], Vec::new(), rcode, label, overridden);
        Resolved { dns, addresses: Vec::new(), failure: Some(failure), until: later(DEFAULT_LIFE) }
    }

    fn words(&self, host: &str, kind: FailureKind, found: &Found, asking: &Server) -> String {
        let who = &asking.label;
        match kind {
            FailureKind::DnsNxdomain => format!("{who} answers NXDOMAIN: {host} does not exist"),
            FailureKind::DnsNoAddress => format!("{who}: {host} exists but has no {} address", self.family_name()),
            FailureKind::DnsServfail => format!("{who} answers {} for {host}", found.rcode),
            FailureKind::DnsRefused => format!("{who} refuses to answer for {host}"),
            FailureKind::DnsTimeout => format!("{who} gave no answer for {host} in time"),
            FailureKind::Local => format!("the resolver {who} cannot be reached: {}", found.detail),
            _ => format!("the answer of {who} for {host} makes no sense: {}", found.detail),
        }
    }

    fn wants(&self, ip: IpAddr) -> bool {
        match self.family {
            None => true,
            Some(Family::V4) => ip.is_ipv4(),
            Some(Family::V6) => ip.is_ipv6(),
        }
    }

    fn family_name(&self) -> &'static str {
        match self.family {
            None => "IPv4 or IPv6",
            Some(Family::V4) => "IPv4",
            Some(Family::V6) => "IPv6",
        }
    }
}

fn dns_record(addresses: &[IpAddr], chain: Vec<String>, rcode: &str, resolver: &str, overridden: bool) -> Dns {
    Dns {
        chain,
        addresses: addresses.iter().map(ToString::to_string).collect(),
        rcode: rcode.into(),
        resolver: Some(resolver.to_owned()).filter(|r| !r.is_empty()),
        overridden,
    }
}

/// Entries of the hosts file. It may be long (lists of what to block are): a name is looked up once while its answer is fresh.
fn hosts_file(host: &str) -> Vec<IpAddr> {
    let path = if cfg!(windows) { r"C:\Windows\System32\drivers\etc\hosts" } else { "/etc/hosts" };
    std::fs::read_to_string(path).map(|text| hosts_entries(&text, host)).unwrap_or_default()
}

fn hosts_entries(text: &str, host: &str) -> Vec<IpAddr> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    let fitting = lines.filter_map(|mut words| {
        let ip = words.next()?.parse().ok()?;
        words.any(|name| name.eq_ignore_ascii_case(host)).then_some(ip)
    });
    fitting.take(MAX_ADDRESSES).collect()
}

fn later(by: Duration) -> Instant {
    Instant::now() + by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_file_is_read_as_the_system_reads_it() {
        let text = "127.0.0.1 localhost\n# 10.0.0.9 api.example.com\n10.0.0.1\tAPI.example.com other # note\n::1 api.example.com\n";
        let found: Vec<String> = hosts_entries(text, "api.example.com").iter().map(ToString::to_string).collect();
        assert_eq!(found, ["10.0.0.1", "::1"]);
        assert!(hosts_entries("not an address api.example.com", "api.example.com").is_empty());
    }
}
