//! From where a report was seen: who resolved the names, over which proxy and address family, which addresses answered. Others may
//! see something else; this never says for whom it holds.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::evidence::{Probe, is_asked};

/// The prober's place in the network, as the probes show it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Vantage {
    /// Who resolved the names.
    pub resolvers: Vec<String>,
    /// Whether an option of the run said where to connect, or whom to ask.
    pub overridden: bool,
    /// The proxy, without its password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// `IPv4`, `IPv6`.
    pub families: Vec<String>,
    /// Addresses that were connected to.
    pub addresses: Vec<String>,
    /// Addresses of the same names that were not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
}

impl Vantage {
    /// Of these probes.
    pub fn of(probes: &[Probe]) -> Self {
        let resolutions = || probes.iter().filter_map(|probe| probe.dns.as_ref());
        let connections = || probes.iter().filter_map(|probe| probe.connection.as_ref());
        let used = listed(connections().map(|connection| bare(&connection.address)));
        let families = used.iter().filter_map(|address| address.parse::<IpAddr>().ok());
        let families = listed(families.map(|ip| if ip.is_ipv4() { "IPv4" } else { "IPv6" }.to_owned()));
        let proxy = connections().find_map(|connection| connection.proxy.clone());
        let known = resolutions().flat_map(|dns| &dns.addresses).filter(|address| proxy.is_none() && !used.contains(address));
        Self {
            resolvers: listed(resolutions().filter_map(|dns| dns.resolver.clone())),
            overridden: resolutions().any(|dns| dns.overridden),
            unused: listed(known.cloned()),
            families,
            addresses: used,
            proxy,
        }
    }

    /// In one sentence; nothing when nobody was reached.
    pub fn sentence(&self) -> Option<String> {
        if self.addresses.is_empty() {
            return None;
        }
        let mut parts = Vec::new();
        match &self.proxy {
            Some(proxy) => parts.push(format!("through the proxy {proxy}")),
            None => parts.push(format!("at {} ({})", shortened(&self.addresses), self.families.join(" and "))),
        }
        let option = if self.overridden { " (an option of this run)" } else { "" };
        let asked: Vec<String> = self.resolvers.iter().filter(|name| is_asked(name)).cloned().collect();
        if !asked.is_empty() {
            parts.push(format!("names resolved by {}{option}", shortened(&asked)));
        }
        let rest = match self.unused.len() {
            0 => String::new(),
            1 => " One more address of the name was not asked: --all-addresses does.".to_owned(),
            more => format!(" {more} more addresses of the name were not asked: --all-addresses does."),
        };
        // Nobody else reaches this machine's own addresses, so that others cannot see it otherwise.
        let own = self.proxy.is_none() && self.addresses.iter().all(|text| text.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()));
        let others = if own { "" } else { " Other networks, resolvers and edge locations may see other answers." };
        Some(format!("{}.{others}{rest}", parts.join(", ")))
    }
}

fn bare(address: &str) -> String {
    address.parse::<SocketAddr>().map_or_else(|_| address.to_owned(), |address| address.ip().to_string())
}

fn listed(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut items: Vec<String> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

fn shortened(items: &[String]) -> String {
    const MOST: usize = 3;
    let more = if items.len() > MOST { format!(" and {} more", items.len() - MOST) } else { String::new() };
    format!("{}{more}", items.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Connection, Dns};

    fn probe(address: &str, proxy: Option<&str>) -> Probe {
        let addresses = vec!["192.0.2.1".to_owned(), "2001:db8::1".to_owned()];
        Probe {
            dns: Some(Dns { addresses, resolver: Some("10.0.0.53".into()), ..Dns::default() }),
            connection: Some(Connection { address: address.into(), reused: false, proxy: proxy.map(str::to_owned) }),
            ..Probe::default()
        }
    }

    #[test]
    fn names_what_was_used_and_what_was_not() {
        let direct = Vantage::of(&[probe("192.0.2.1:443", None), probe("192.0.2.1:443", None)]);
        assert_eq!(
            (direct.families.join(" "), direct.addresses.join(" "), direct.unused.join(" ")),
            ("IPv4".into(), "192.0.2.1".into(), "2001:db8::1".into())
        );
        let said = direct.sentence().unwrap();
        assert!(
            said.starts_with("at 192.0.2.1 (IPv4), names resolved by 10.0.0.53. Other networks") && said.contains("One more address"),
            "{said}"
        );
        let both = Vantage::of(&[probe("192.0.2.1:443", None), probe("[2001:db8::1]:443", None)]);
        assert_eq!((both.families.join(" "), both.unused.len()), ("IPv4 IPv6".into(), 0));
        let proxied = Vantage::of(&[probe("10.0.0.8:3128", Some("http://proxy.example.net:3128/"))]).sentence().unwrap();
        assert!(proxied.starts_with("through the proxy http://proxy.example.net:3128/"), "{proxied}");
        assert_eq!(Vantage::of(&[Probe::default()]).sentence(), None);
        let mut own = probe("127.0.0.1:80", None);
        own.dns = Some(Dns { addresses: vec!["127.0.0.1".into()], resolver: Some("literal".into()), ..Dns::default() });
        assert_eq!(Vantage::of(&[own]).sentence().unwrap(), "at 127.0.0.1 (IPv4).");
    }
}
