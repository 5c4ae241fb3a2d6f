//! Whether an address is one of the public internet.

use std::net::{IpAddr, Ipv4Addr};

/// Whether an address belongs to a private network: RFC 1918, unique local, link-local, or the shared space of carriers.
/// Loopback is not counted: it is this machine, not somebody's network.
pub fn is_private(text: &str) -> bool {
    match text.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => is_private_v4(address),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(inner) => is_private_v4(inner),
            None => address.is_unique_local() || address.is_unicast_link_local(),
        },
        Err(_) => false,
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private() || address.is_link_local() || (a == 100 && (64..128).contains(&b))
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn private_networks_are_told_from_the_internet() {
        for text in ["10.0.3.7", "172.31.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"] {
            assert!(is_private(text), "{text}");
        }
        for text in ["52.1.2.3", "172.32.0.1", "100.128.0.1", "127.0.0.1", "::1", "2600:9000::1", "app.example.com", ""] {
            assert!(!is_private(text), "{text}");
        }
    }
}
