//! The options that say how to reach the world, shared by `probe`, `s3`, `check` and `serve`.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use super::output::Trouble;
use crate::probe::{ConnectTo, Family, Options, Proxies, Resolve};

/// Largest file of authorities that is read.
const MAX_AUTHORITIES: u64 = 16 * 1024 * 1024;

/// How to reach the world.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The way there")]
pub(crate) struct NetArgs {
    /// Ask this resolver, not the system's
    #[arg(long, env = "WHYCORS_DNS_SERVER", value_name = "IP[:PORT]")]
    pub(crate) dns_server: Option<String>,
    /// Use this address for a host and port, as in curl; repeatable
    #[arg(long, value_name = "HOST:PORT:ADDR[:PORT]")]
    pub(crate) resolve: Vec<String>,
    /// Connect to another host or port, as in curl; repeatable
    #[arg(long, value_name = "HOST1:PORT1:HOST2:PORT2")]
    pub(crate) connect_to: Vec<String>,
    /// Trust the certificate authorities in this file as well; repeatable
    #[arg(long, env = "WHYCORS_CACERT", value_name = "FILE")]
    pub(crate) cacert: Vec<PathBuf>,
    /// Do not verify certificates; the report says so
    #[arg(long, short = 'k')]
    pub(crate) insecure: bool,
    /// Proxy for all requests [default: HTTPS_PROXY, HTTP_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// IPv4 only
    #[arg(long, short = '4', conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    /// IPv6 only
    #[arg(long, short = '6')]
    pub(crate) ipv6: bool,
    /// Bound of each probe [default: 10]
    #[arg(long, env = "WHYCORS_TIMEOUT", value_name = "SECONDS")]
    pub(crate) timeout: Option<String>,
    /// Bound of each connection: name, TCP and TLS [default: 5]
    #[arg(long, env = "WHYCORS_CONNECT_TIMEOUT", value_name = "SECONDS")]
    pub(crate) connect_timeout: Option<String>,
}

impl NetArgs {
    /// The same with the time-out of the project's file, in seconds, where none is given.
    pub(crate) fn options_with(&self, timeout: Option<f64>) -> Result<Options, Trouble> {
        let text = self.timeout.clone().or_else(|| timeout.map(|seconds| seconds.to_string()));
        Self { timeout: text, ..self.clone() }.options()
    }

    /// What the options mean, or what is wrong with them.
    pub(crate) fn options(&self) -> Result<Options, Trouble> {
        let option = |name: &'static str| move |problem: String| Trouble::new(format!("{name} {problem}"));
        let defaults = Options::default();
        Ok(Options {
            dns_server: self.dns_server.as_deref().map(dns_server).transpose()?,
            resolve: self.resolve.iter().map(|t| Resolve::parse(t).map_err(option("--resolve"))).collect::<Result<_, _>>()?,
            connect_to: self.connect_to.iter().map(|t| ConnectTo::parse(t).map_err(option("--connect-to"))).collect::<Result<_, _>>()?,
            family: match (self.ipv4, self.ipv6) {
                (true, _) => Some(Family::V4),
                (_, true) => Some(Family::V6),
                _ => None,
            },
            authorities: self.cacert.iter().map(|f| authorities(f)).collect::<Result<Vec<_>, _>>()?.concat(),
            insecure: self.insecure,
            proxies: self.proxies()?,
            timeout: seconds("--timeout", self.timeout.as_deref(), defaults.timeout)?,
            connect_timeout: seconds("--connect-timeout", self.connect_timeout.as_deref(), defaults.connect_timeout)?,
            ..defaults
        })
    }

    fn proxies(&self) -> Result<Proxies, Trouble> {
        if let Some(proxy) = &self.proxy {
            let with_scheme = if proxy.contains("://") { proxy.clone() } else { format!("http://{proxy}") };
            let known =
                |url: &Url| matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") && url.has_host();
            return match Url::parse(&with_scheme) {
                Ok(url) if known(&url) => Ok(Proxies { all: with_scheme, ..Proxies::default() }),
                _ => Err(Trouble::new("--proxy: not a proxy's URL; write http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT")),
            };
        }
        let first = |names: [&str; 2]| names.iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
        let all = first(["all_proxy", "ALL_PROXY"]);
        let or_all = |value: String| if value.is_empty() { all.clone() } else { value };
        Ok(Proxies {
            all: String::new(),
            http: or_all(first(["http_proxy", "HTTP_PROXY"])),
            https: or_all(first(["https_proxy", "HTTPS_PROXY"])),
            no: first(["no_proxy", "NO_PROXY"]),
        })
    }
}

fn dns_server(text: &str) -> Result<SocketAddr, Trouble> {
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let server = bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)).or_else(|_| text.parse::<SocketAddr>());
    server.ok().filter(|s| s.port() != 0).ok_or_else(|| {
        Trouble::new(format!("--dns-server {text:?}: not an address; write IP or IP:PORT, such as 127.0.0.1:5353 (a port is 1 to 65535)"))
    })
}

fn seconds(option: &str, text: Option<&str>, default: Duration) -> Result<Duration, Trouble> {
    let Some(text) = text else { return Ok(default) };
    let number = text.trim_end_matches('s').parse::<f64>().ok().filter(|n| *n > 0.0 && *n <= 3600.0);
    let number =
        number.ok_or_else(|| Trouble::new(format!("{option} {text:?}: not a time; write seconds, more than 0 and at most 3600")))?;
    Ok(Duration::from_secs_f64(number))
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, Trouble> {
    let bytes = super::output::read_bounded(file, MAX_AUTHORITIES)?;
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
    if certificates.is_empty() {
        return Err(Trouble::new(format!(
            "--cacert {}: no certificate in it; a PEM file is expected (-----BEGIN CERTIFICATE-----)",
            file.display()
        )));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dns_server_is_an_address_with_or_without_a_port() {
        for (text, server) in [
            ("127.0.0.1", "127.0.0.1:53"),
            ("127.0.0.1:5353", "127.0.0.1:5353"),
            ("::1", "[::1]:53"),
            ("[::1]", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"),
        ] {
            assert_eq!(dns_server(text).unwrap().to_string(), server);
        }
        for text in ["", "dns.example.com", "127.0.0.1:0", "127.0.0.1:70000"] {
            assert!(dns_server(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_bounded() {
        assert_eq!(seconds("--timeout", Some("2.5"), Duration::ZERO).unwrap(), Duration::from_millis(2500));
        assert_eq!(seconds("--timeout", None, Duration::from_secs(7)).unwrap(), Duration::from_secs(7));
        for text in ["0", "-1", "nan", "inf", "1e9", "soon", ""] {
            assert!(seconds("--timeout", Some(text), Duration::ZERO).is_err(), "{text}");
        }
    }

    #[test]
    fn a_proxy_needs_a_known_scheme() {
        let proxies = |text: &str| NetArgs { proxy: Some(text.into()), ..NetArgs::default() }.proxies();
        assert_eq!(proxies("proxy.test:3128").unwrap().all, "http://proxy.test:3128");
        assert!(proxies("ftp://proxy.test").is_err() && proxies("::").is_err());
    }
}
