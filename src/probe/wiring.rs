//! What probes share in one process: options, names already resolved, connections, certificates seen. Reads no environment.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use rustls::pki_types::CertificateDer;
use tokio::time::Instant;
use url::Url;

use super::clients::Clients;
use super::dns::{Family, Names};
use super::route::{ConnectTo, Resolve, bare};
use crate::evidence::Tls;

/// Endpoints whose certificate is remembered for probes over a reused connection.
const MAX_SESSIONS: usize = 1024;
/// Connections held for later probes, unless the options say otherwise.
const CONNECTIONS: usize = 256;

/// How to reach the world.
#[derive(Debug, Clone)]
pub struct Options {
    /// Ask this resolver, not the system's.
    pub dns_server: Option<SocketAddr>,
    /// Addresses for names.
    pub resolve: Vec<Resolve>,
    /// Other hosts or ports to connect to.
    pub connect_to: Vec<ConnectTo>,
    /// One address family only.
    pub family: Option<Family>,
    /// One address only, whatever the name resolves to.
    pub only_address: Option<IpAddr>,
    /// Call this address instead of any that a name resolves to or a URL spells out: names are asked and recorded, and
    /// nobody else is bothered.
    pub divert: Option<IpAddr>,
    /// Authorities trusted besides the system's.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Accept any certificate.
    pub insecure: bool,
    /// Proxies.
    pub proxies: Proxies,
    /// Bound of one probe.
    pub timeout: Duration,
    /// Bound of its way to a connection: name, TCP and TLS.
    pub connect_timeout: Duration,
    /// Bytes of a body that are kept.
    pub body_limit: usize,
    /// The body of an actual request.
    pub body: Option<Vec<u8>>,
    /// Refuse to connect to addresses that are not public.
    pub public_only: bool,
    /// Connections held for later probes, at most.
    pub connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dns_server: None,
            resolve: Vec::new(),
            connect_to: Vec::new(),
            family: None,
            only_address: None,
            divert: None,
            authorities: Vec::new(),
            insecure: false,
            proxies: Proxies::default(),
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            body_limit: 64 * 1024,
            body: None,
            public_only: false,
            connections: CONNECTIONS,
        }
    }
}

/// Which proxies to use, as given or as the environment has them; empty for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For every URL (`--proxy`); the rest is then ignored.
    pub all: String,
    /// For http URLs.
    pub http: String,
    /// For https URLs.
    pub https: String,
    /// Hosts without one.
    pub no: String,
}

/// See the module.
#[derive(Debug)]
pub struct Wiring {
    pub(super) options: Options,
    pub(super) names: Names,
    pub(super) start: Instant,
    matcher: Option<Matcher>,
    pub(super) clients: Clients,
    sessions: Mutex<HashMap<String, Tls>>,
}

impl Wiring {
    /// Wires nothing yet: resolver, clients and roots are made when a probe needs them.
    pub fn new(options: Options) -> Self {
        let names = Names::new(options.dns_server, options.family);
        let matcher = options.proxies.matcher();
        Self { options, names, start: Instant::now(), matcher, clients: Clients::default(), sessions: Mutex::default() }
    }

    /// Fresh connections to one address; the certificate authorities are not read again.
    pub(super) fn at(&self, address: Option<IpAddr>) -> Self {
        self.beside(Options { only_address: address, ..self.options.clone() })
    }

    /// Names and connections of its own with options that check certificates alike: the authorities are not read again.
    #[must_use]
    pub fn beside(&self, options: Options) -> Self {
        Self { clients: self.clients.like(), start: self.start, ..Self::new(options) }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The proxy for a URL, with its password. The environment's is not for loopback, as in browsers; `--proxy` is for all.
    pub(super) fn proxy(&self, url: &Url) -> Option<Url> {
        let matcher = self.matcher.as_ref()?;
        let host = bare(url.host_str()?);
        let local = host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if local && self.options.proxies.all.is_empty() {
            return None;
        }
        let uri = format!("{}://{}/", url.scheme(), url.host_str()?).parse().ok()?;
        let intercept = matcher.intercept(&uri)?;
        let mut proxy = Url::parse(&intercept.uri().to_string()).ok()?;
        let given = self.options.proxies.given(url.scheme());
        if let Ok(given) = Url::parse(given).or_else(|_| Url::parse(&format!("http://{given}"))) {
            let _ = proxy.set_username(given.username());
            let _ = proxy.set_password(given.password());
        }
        Some(proxy)
    }

    /// Remembers the session at an endpoint, for probes that reuse the connection.
    pub(super) fn remember(&self, endpoint: &str, tls: &Tls) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= MAX_SESSIONS {
            sessions.clear();
        }
        sessions.insert(endpoint.to_owned(), tls.clone());
    }

    /// The session last seen at an endpoint.
    pub(super) fn session(&self, endpoint: &str) -> Option<Tls> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).get(endpoint).cloned()
    }
}

impl Proxies {
    fn matcher(&self) -> Option<Matcher> {
        if !self.all.is_empty() {
            return Some(Matcher::builder().all(self.all.as_str()).build());
        }
        if self.http.is_empty() && self.https.is_empty() {
            return None;
        }
        Some(Matcher::builder().http(self.http.as_str()).https(self.https.as_str()).no(self.no.as_str()).build())
    }

    fn given(&self, scheme: &str) -> &str {
        match scheme {
            _ if !self.all.is_empty() => &self.all,
            "https" => &self.https,
            _ => &self.http,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(proxies: &Proxies, url: &str) -> Option<String> {
        let wiring = Wiring::new(Options { proxies: proxies.clone(), ..Options::default() });
        wiring.proxy(&Url::parse(url).unwrap()).map(|p| p.to_string())
    }

    #[test]
    fn proxies_of_the_environment() {
        let env = Proxies {
            http: "proxy.test:3128".into(),
            https: "http://user:secret@proxy.test:8080".into(),
            no: "internal.test,10.0.0.0/8".into(),
            ..Proxies::default()
        };
        assert_eq!(proxy(&env, "http://a.test/").as_deref(), Some("http://proxy.test:3128/"));
        assert_eq!(proxy(&env, "https://a.test/").as_deref(), Some("http://user:secret@proxy.test:8080/"));
        for direct in ["https://x.internal.test/", "http://10.1.2.3/", "http://localhost:3000/", "http://127.0.0.1/", "http://[::1]/"] {
            assert_eq!(proxy(&env, direct), None, "{direct}");
        }
    }

    #[test]
    fn a_given_proxy_is_for_all() {
        let given = Proxies { all: "socks5://127.0.0.1:1080".into(), no: "*".into(), ..Proxies::default() };
        assert!(proxy(&given, "http://localhost/").is_some_and(|p| p.starts_with("socks5://")));
        assert_eq!(proxy(&Proxies::default(), "https://a.test/"), None);
    }
}
