//! Which host, port and addresses a connection really goes to: `--resolve` and `--connect-to`, with curl's meaning.
//! Reads and applies the options; asks nobody.

use std::net::{IpAddr, SocketAddr};

/// One `--resolve HOST:PORT:ADDR[:PORT][,ADDR…]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// Lower-case host; nothing for `*`.
    host: Option<String>,
    port: u16,
    addresses: Vec<(IpAddr, Option<u16>)>,
}

/// One `--connect-to HOST1:PORT1:HOST2:PORT2`; an empty part matches anything or changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    from: (Option<String>, Option<u16>),
    to: (Option<String>, Option<u16>),
}

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// The name to resolve.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Addresses that an option gave, so that nobody is asked.
    pub(crate) fixed: Option<Vec<SocketAddr>>,
    /// The option that changed the host or the addresses.
    pub(crate) option: Option<&'static str>,
}

impl Resolve {
    /// Reads the option's value, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("{text:?}: {what}; write HOST:PORT:ADDRESS[:PORT], such as api.example.com:443:127.0.0.1");
        let (host, rest) = host_part(text.trim_start_matches('+')).ok_or_else(|| wrong("the host is missing"))?;
        let (port, addresses) = rest.split_once(':').ok_or_else(|| wrong("the address is missing"))?;
        let port = parse_port(port).ok_or_else(|| wrong(&format!("{port:?} is not a port (1 to 65535)")))?;
        let addresses = addresses
            .split(',')
            .map(|a| address(a).ok_or_else(|| wrong(&format!("{a:?} is not an IP address"))))
            .collect::<Result<Vec<_>, _>>()?;
        match host {
            "" => Err(wrong("the host is missing")),
            "*" => Ok(Self { host: None, port, addresses }),
            host => Ok(Self { host: Some(host.to_ascii_lowercase()), port, addresses }),
        }
    }
}

impl ConnectTo {
    /// Reads the option's value, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| {
            format!("{text:?}: {what}; write HOST1:PORT1:HOST2:PORT2, such as api.example.com:443:127.0.0.1:8443 (a part may be empty)")
        };
        let (from_host, rest) = host_part(text).ok_or_else(|| wrong("four parts are needed"))?;
        let (from_port, rest) = rest.split_once(':').ok_or_else(|| wrong("four parts are needed"))?;
        let (to_host, to_port) = host_part(rest).ok_or_else(|| wrong("four parts are needed"))?;
        let port = |text: &str| match text {
            "" => Ok(None),
            text => parse_port(text).map(Some).ok_or_else(|| wrong(&format!("{text:?} is not a port (1 to 65535)"))),
        };
        let host = |text: &str| Some(text.to_ascii_lowercase()).filter(|h| !h.is_empty());
        Ok(Self { from: (host(from_host), port(from_port)?), to: (host(to_host), port(to_port)?) })
    }
}

impl Route {
    /// Applies the options to the host and port of a URL: first `--connect-to`, then `--resolve`, as curl does.
    pub(crate) fn of(host: &str, port: u16, connect_to: &[ConnectTo], resolve: &[Resolve]) -> Self {
        let host = bare(host).trim_end_matches('.').to_ascii_lowercase();
        let mut route = Self { host, port, fixed: None, option: None };
        let fits = |rule: &&ConnectTo| rule.from.0.as_deref().is_none_or(|h| h == route.host) && rule.from.1.is_none_or(|p| p == port);
        if let Some(rule) = connect_to.iter().find(fits) {
            if let Some(host) = &rule.to.0 {
                route.host.clone_from(host);
                route.option = Some("--connect-to");
            }
            route.port = rule.to.1.unwrap_or(port);
        }
        let fits = |rule: &&Resolve| rule.port == route.port && rule.host.as_deref().is_none_or(|h| h == route.host);
        if let Some(rule) = resolve.iter().find(fits) {
            let fixed = rule.addresses.iter().map(|(ip, port)| SocketAddr::new(*ip, port.unwrap_or(route.port)));
            route.fixed = Some(fixed.collect());
            route.option = Some("--resolve");
        }
        route
    }
}

/// A host without the brackets of an IPv6 literal.
pub(crate) fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host)
}

/// `host:rest` or `[v6]:rest`, the brackets taken off.
fn host_part(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix('[') {
        let (host, rest) = inner.split_once(']')?;
        return Some((host, rest.strip_prefix(':')?));
    }
    text.split_once(':')
}

fn parse_port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|p| *p != 0)
}

fn address(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let text = text.trim();
    if let Ok(ip) = bare(text).parse() {
        return Some((ip, None));
    }
    let (host, port) = text.rsplit_once(':')?;
    Some((bare(host).parse().ok()?, Some(parse_port(port)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(host: &str, port: u16, connect_to: &[&str], resolve: &[&str]) -> (String, u16, Vec<String>, Option<&'static str>) {
        let connect_to: Vec<_> = connect_to.iter().map(|t| ConnectTo::parse(t).unwrap()).collect();
        let resolve: Vec<_> = resolve.iter().map(|t| Resolve::parse(t).unwrap()).collect();
        let route = Route::of(host, port, &connect_to, &resolve);
        let fixed = route.fixed.unwrap_or_default().iter().map(ToString::to_string).collect();
        (route.host, route.port, fixed, route.option)
    }

    #[test]
    fn applies_them_as_curl_does() {
        let none: Vec<String> = Vec::new();
        assert_eq!(route("a.test", 443, &[], &[]), ("a.test".into(), 443, none.clone(), None));
        assert_eq!(
            route("A.test", 443, &[], &["a.test:443:127.0.0.1"]),
            ("a.test".into(), 443, vec!["127.0.0.1:443".into()], Some("--resolve"))
        );
        assert_eq!(route("a.test", 443, &[], &["*:443:127.0.0.1:8443,[::1]:9"]).2, vec!["127.0.0.1:8443".to_owned(), "[::1]:9".into()]);
        assert_eq!(route("a.test", 80, &[], &["a.test:443:127.0.0.1"]).3, None);
        assert_eq!(route("a.test", 443, &["a.test:443:b.test:8443"], &[]), ("b.test".into(), 8443, none.clone(), Some("--connect-to")));
        assert_eq!(route("a.test", 443, &["::b.test:"], &[]).0, "b.test");
        assert_eq!(route("a.test", 443, &["a.test:443::8443"], &[]), ("a.test".into(), 8443, none.clone(), None));
        assert_eq!(route("a.test", 443, &["::b.test:1"], &["b.test:1:127.0.0.9"]).2, vec!["127.0.0.9:1".to_owned()]);
        assert_eq!(route("[::1]", 80, &["[::1]:80:[::2]:81"], &[]).0, "::2");
    }

    #[test]
    fn says_what_is_wrong() {
        for text in ["", "a.test", "a.test:443", "a.test:0:127.0.0.1", "a.test:70000:127.0.0.1", "a.test:443:b.test", ":443:127.0.0.1"] {
            assert!(Resolve::parse(text).is_err(), "{text}");
        }
        for text in ["", "a", "a:1:b", "a:x:b:1", "a:1:b:99999", "[::1"] {
            assert!(ConnectTo::parse(text).is_err(), "{text}");
        }
    }
}
