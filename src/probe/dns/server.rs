//! Who is asked: the system's resolver or the given one.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::question::Found;
use crate::evidence::{Failure, FailureKind};

/// Questions under way at once; the limit of the batch comes first.
const MAX_ACTIVE: usize = 4096;
/// After so much silence it is asked whether anybody listens.
const SILENCE: Duration = Duration::from_millis(250);

/// A resolver and what to call it.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) resolver: TokioResolver,
    pub(super) label: String,
    addresses: Vec<SocketAddr>,
    /// Whether the system completes names from a list.
    pub(super) searches: bool,
}

impl Server {
    /// Reads the configuration: the given server, or the system's.
    pub(super) fn build(server: Option<SocketAddr>, limit: Duration) -> Result<Self, Failure> {
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
        let addresses = config.name_servers().iter().map(|s| SocketAddr::new(s.ip, s.connections.first().map_or(53, |c| c.port))).collect();
        let searches = server.is_none() && (!config.search().is_empty() || config.domain().is_some());
        // Two tries fit into the time that a probe has for it.
        options.timeout = limit / 2;
        options.attempts = 1;
        options.cache_size = 0;
        options.max_active_requests = MAX_ACTIVE;
        options.os_port_selection = true;
        options.use_hosts_file = ResolveHosts::Never;
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).with_options(options);
        let resolver = builder.build().map_err(|error| own(format!("the resolver cannot be started: {error}")))?;
        Ok(Self { resolver, label, addresses, searches })
    }

    /// Ends only when no name server can be reached at all. The resolver's own sockets are not connected and never learn that, so after
    /// a while of silence a connected one is tried.
    pub(super) async fn nobody_listens(&self) -> Found {
        tokio::time::sleep(SILENCE).await;
        let mut detail = String::new();
        for server in &self.addresses {
            match refusal(*server).await {
                Some(error) => detail = error.to_string(),
                None => std::future::pending().await,
            }
        }
        Found { failed: Some(FailureKind::Local), detail, ..Found::default() }
    }
}

fn server_label(server: SocketAddr) -> String {
    if server.port() == 53 { server.ip().to_string() } else { server.to_string() }
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
