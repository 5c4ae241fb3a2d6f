//! Name resolution: addresses, the chain of names and the response code, each name asked once per run.
//! Decides nothing: what the resolver said is recorded, failures included.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::net::UdpSocket;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout, timeout_at};

use crate::evidence::{Dns, Failure, FailureKind};

/// Addresses kept of one name.
const MAX_ADDRESSES: usize = 32;
/// Names followed in a chain of CNAMEs.
const MAX_CHAIN: usize = 16;
/// Names remembered at once.
const MAX_NAMES: usize = 4096;
/// How long the slower of A and AAAA may take once the other has given addresses (RFC 8305 §3).
const SECOND_FAMILY_GRACE: Duration = Duration::from_millis(50);
/// After so much silence it is asked whether anybody listens.
const SILENCE: Duration = Duration::from_millis(250);
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
    resolver: OnceCell<Result<Asking, Failure>>,
    known: Mutex<HashMap<String, Arc<OnceCell<Resolved>>>>,
}

/// A resolver and what to call it.
#[derive(Debug)]
struct Asking {
    resolver: TokioResolver,
    label: String,
    servers: Vec<SocketAddr>,
    searches: bool,
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
        cell.get_or_init(|| self.ask(host, limit)).await.clone()
    }

    /// Literal addresses and `localhost` need nobody: <https://www.rfc-editor.org/rfc/rfc6761#section-6.3>.
    fn without_asking(&self, host: &str) -> Option<Resolved> {
        let known = |addresses: Vec<IpAddr>, who: &str| {
            let addresses: Vec<IpAddr> = addresses.into_iter().filter(|ip| self.wants(*ip)).collect();
            let failure = addresses
                .is_empty()
                .then(|| Failure { kind: FailureKind::DnsNoAddress, detail: format!("{host} has no {} address", self.family_name()) });
            let dns = dns_record(&addresses, Vec::new(), "NOERROR", who, false);
            Resolved { dns, addresses, failure, until: later(DEFAULT_LIFE) }
        };
        if let Ok(ip) = host.parse() {
            return Some(known(vec![ip], "literal"));
        }
        if host == "localhost" || host.ends_with(".localhost") {
            return Some(known(vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()], "localhost"));
        }
        if self.server.is_none() {
            let listed = hosts_file(host);
            if !listed.is_empty() {
                return Some(known(listed, "hosts file"));
            }
        }
        None
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
        let overridden = self.server.is_some();
        let asking = match self.resolver.get_or_init(|| async { build(self.server, limit) }).await {
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
            found = self.both_families(asking, first, deadline) => found,
            absent = nobody_listens(&asking.servers) => absent,
        };
        if asking.searches && found.failed == Some(FailureKind::DnsNxdomain) && *first == absolute {
            let searched = self.both_families(asking, &name, deadline).await;
            if !searched.addresses.is_empty() {
                found = searched;
            }
        }
        if matches!(found.failed, Some(FailureKind::DnsNxdomain | FailureKind::DnsNoAddress)) {
            found.follow_chain(asking, absolute, deadline).await;
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

    /// Asks A and AAAA together.
    async fn both_families(&self, asking: &Asking, name: &Name, deadline: Instant) -> Found {
        let one = |kind: RecordType| one_family(&asking.resolver, name.clone(), kind, deadline);
        match self.family {
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

    fn words(&self, host: &str, kind: FailureKind, found: &Found, asking: &Asking) -> String {
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

/// What one or two questions brought.
#[derive(Debug, Default)]
struct Found {
    addresses: Vec<IpAddr>,
    chain: Vec<String>,
    rcode: String,
    failed: Option<FailureKind>,
    detail: String,
    until: Option<Instant>,
}

impl Found {
    /// Two families make one answer: any address is a success; else the answer that says most.
    fn join(self, other: Self) -> Self {
        let weight = |found: &Self| match found.failed {
            None => 0,
            // One family without records and the other failing: the name exists.
            Some(FailureKind::DnsNoAddress) => 1,
            Some(FailureKind::DnsNxdomain) => 2,
            Some(FailureKind::DnsServfail | FailureKind::DnsRefused) => 3,
            Some(FailureKind::DnsMalformed) => 4,
            Some(_) => 5,
        };
        let (mut best, other) = if weight(&self) <= weight(&other) { (self, other) } else { (other, self) };
        if best.failed.is_none() && other.failed.is_none() {
            best.addresses = alternate(best.addresses, other.addresses);
            best.until = best.until.min(other.until);
        }
        best
    }

    /// A negative answer keeps no chain: asks for the aliases, so that one that leads nowhere, or in a circle, is seen.
    async fn follow_chain(&mut self, asking: &Asking, mut name: Name, deadline: Instant) {
        let mut seen = vec![label(&name)];
        while seen.len() <= MAX_CHAIN {
            let Ok(Ok(lookup)) = timeout_at(deadline, asking.resolver.lookup(name.clone(), RecordType::CNAME)).await else { break };
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
    let mut found = Found { rcode: "NOERROR".into(), until: Some(lookup.valid_until()).map(Instant::from_std), ..Found::default() };
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

/// Ends only when no name server can be reached at all. The resolver's own sockets are not connected and never learn that, so after
/// a while of silence a connected one is tried.
async fn nobody_listens(servers: &[SocketAddr]) -> Found {
    tokio::time::sleep(SILENCE).await;
    let mut detail = String::new();
    for server in servers {
        match refusal(*server).await {
            Some(error) => detail = error.to_string(),
            None => std::future::pending().await,
        }
    }
    Found { failed: Some(FailureKind::Local), detail, ..Found::default() }
}

/// The error that the system reports for a datagram to this server; nothing when it takes the datagram in silence, or answers.
async fn refusal(server: SocketAddr) -> Option<io::Error> {
    /// Asks for the name servers of the root, which every server can answer or refuse.
    const ROOT_QUERY: [u8; 17] = [0x77, 0x63, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
    let any: SocketAddr = if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let try_it = async {
        let socket = UdpSocket::bind(any).await?;
        socket.connect(server).await?;
        socket.send(&ROOT_QUERY).await?;
        socket.recv(&mut [0; 512]).await
    };
    timeout(SILENCE, try_it).await.ok()?.err()
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

fn build(server: Option<SocketAddr>, limit: Duration) -> Result<Asking, Failure> {
    let own = |detail: String| Failure { kind: FailureKind::Local, detail };
    let (config, mut options, label) = if let Some(server) = server {
        let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
        for connection in &mut connections {
            connection.port = server.port();
        }
        let config = ResolverConfig::from_name_servers(vec![NameServerConfig::new(server.ip(), true, connections.into())]);
        (config, hickory_resolver::config::ResolverOpts::default(), server_label(server))
    } else {
        let (config, options) = hickory_resolver::system_conf::read_system_conf().map_err(|error| {
            own(format!("this machine has no usable resolver configuration (/etc/resolv.conf: {error}); give one with --dns-server IP"))
        })?;
        let label = config.name_servers().first().map_or_else(|| "the system's resolver".to_owned(), |s| s.ip.to_string());
        (config, options, label)
    };
    let servers = config.name_servers().iter().map(|s| SocketAddr::new(s.ip, s.connections.first().map_or(53, |c| c.port))).collect();
    let searches = server.is_none() && (!config.search().is_empty() || config.domain().is_some());
    // Two tries fit into the time that a probe has for it.
    options.timeout = limit / 2;
    options.attempts = 1;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).with_options(options);
    let resolver = builder.build().map_err(|error| own(format!("the resolver cannot be started: {error}")))?;
    Ok(Asking { resolver, label, servers, searches })
}

fn server_label(server: SocketAddr) -> String {
    if server.port() == 53 { server.ip().to_string() } else { server.to_string() }
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

/// Entries of the hosts file; the file is small and the system's own cache holds it.
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

fn label(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
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
    }
}
