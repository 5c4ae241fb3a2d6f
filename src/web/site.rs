//! How two origins relate: the same origin, the same site, or neither; and which hosts are local.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::Origin;

/// How a request's origin relates to its URL, in the words of `Sec-Fetch-Site`.
/// <https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Scheme, host and port are the same.
    SameOrigin,
    /// Scheme and registrable domain are the same.
    SameSite,
    /// Neither.
    CrossSite,
}

impl Relation {
    /// How `origin` relates to `url`.
    pub fn of(origin: &Origin, url: &Url) -> Self {
        if origin.is_of(url) {
            return Self::SameOrigin;
        }
        let same = origin.scheme() == Some(url.scheme())
            && match (origin.host(), url.host_str()) {
                (Some(a), Some(b)) => {
                    a == b || top_label(a) == top_label(b) && registrable(a).is_some_and(|domain| registrable(b) == Some(domain))
                }
                _ => false,
            };
        if same { Self::SameSite } else { Self::CrossSite }
    }

    /// As sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
        }
    }
}

/// Where an address lies. <https://wicg.github.io/local-network-access/#ip-address-space-section>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// This machine.
    Loopback,
    /// The network around it.
    Local,
    /// Everywhere else.
    Public,
}

impl Space {
    /// The word of Chromium's messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Local => "local",
            Self::Public => "public",
        }
    }

    /// Of an address.
    pub fn of_address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| Self::of_v6(v6), Self::of_v4),
        }
    }

    /// Of a URL's host as far as the name alone tells: a literal address, `localhost`, or a name of the local network.
    pub fn of_url(url: &Url) -> Option<Self> {
        match url.host()? {
            Host::Ipv4(v4) => Some(Self::of_address(v4.into())),
            Host::Ipv6(v6) => Some(Self::of_address(v6.into())),
            Host::Domain(name) => Self::of_name(name),
        }
    }

    /// Of an origin's host, as far as that alone tells.
    pub fn of_origin(origin: &Origin) -> Option<Self> {
        let host = origin.host()?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        bare.parse().map_or_else(|_| Self::of_name(host), |address| Some(Self::of_address(address)))
    }

    fn of_name(name: &str) -> Option<Self> {
        match () {
            () if is_localhost(name) => Some(Self::Loopback),
            () if top_label(name) == "local" => Some(Self::Local),
            () => None,
        }
    }

    fn of_v4(v4: Ipv4Addr) -> Self {
        let [a, b, ..] = v4.octets();
        match (a, b) {
            (127, _) => Self::Loopback,
            (0, _) if v4.is_unspecified() => Self::Loopback,
            (10, _) | (172, 16..=31) | (192, 168) | (169, 254) | (100, 64..=127) => Self::Local,
            _ => Self::Public,
        }
    }

    fn of_v6(v6: Ipv6Addr) -> Self {
        let first = v6.segments()[0];
        match () {
            () if v6.is_loopback() || v6.is_unspecified() => Self::Loopback,
            () if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 => Self::Local,
            () => Self::Public,
        }
    }
}

/// `localhost` and every name below it. <https://w3c.github.io/webappsec-secure-contexts/#localhost>.
pub fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether the page may come from the public internet, as far as the name of its host tells: a name without a dot, or under a top
/// label that only private networks use, is of this machine or network. <https://www.rfc-editor.org/rfc/rfc6762#appendix-G>.
pub fn may_be_public(page: &Origin) -> bool {
    const PRIVATE: [&str; 8] = ["test", "internal", "intranet", "private", "corp", "home", "lan", "arpa"];
    let host = page.host().unwrap_or_default();
    match Space::of_origin(page) {
        Some(space) => space == Space::Public,
        None => host.contains('.') && !PRIVATE.contains(&top_label(host)),
    }
}

fn top_label(name: &str) -> &str {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether nobody on the way can read or change what goes to this URL: https, or this machine.
/// <https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy>.
pub fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

/// The same for a page of this origin.
pub fn is_trustworthy_origin(origin: &Origin) -> bool {
    origin.scheme() == Some("https") || Space::of_origin(origin) == Some(Space::Loopback)
}

/// Whether the host is this machine by its name alone.
pub fn is_loopback(url: &Url) -> bool {
    Space::of_url(url) == Some(Space::Loopback)
}

fn registrable(host: &str) -> Option<&str> {
    if host.parse::<IpAddr>().is_ok() || host.starts_with('[') {
        return None;
    }
    psl::domain_str(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relates_a_page_to_a_url() {
        for (page, url, relation) in [
            ("https://app.example.com", "https://app.example.com/x", "same-origin"),
            ("https://app.example.com", "https://api.example.com/", "same-site"),
            ("https://app.example.com", "http://api.example.com/", "cross-site"),
            ("https://a.s3.amazonaws.com", "https://b.s3.amazonaws.com/", "cross-site"),
            ("http://localhost:3000", "http://localhost:8080/", "same-site"),
            ("http://127.0.0.1:1", "http://127.0.0.2/", "cross-site"),
            ("null", "https://app.example.com/", "cross-site"),
        ] {
            let origin = Origin::parse(page).unwrap();
            assert_eq!(Relation::of(&origin, &Url::parse(url).unwrap()).as_str(), relation, "{page} {url}");
        }
    }

    #[test]
    fn knows_pages_that_are_not_public() {
        for (page, public) in [
            ("http://app.example.com", true),
            ("http://198.51.100.7", true),
            ("http://app.example.test:3000", false),
            ("http://intranet", false),
            ("http://router.home.arpa", false),
            ("http://nas.lan.", false),
            ("http://app.localhost", false),
            ("http://[fd00::1]", false),
            ("null", false),
        ] {
            assert_eq!(may_be_public(&Origin::parse(page).unwrap()), public, "{page}");
        }
    }

    #[test]
    fn knows_local_addresses() {
        for (host, space) in [
            ("127.9.9.9", Some(Space::Loopback)),
            ("[::1]", Some(Space::Loopback)),
            ("app.localhost", Some(Space::Loopback)),
            ("192.168.1.4", Some(Space::Local)),
            ("[fd00::1]", Some(Space::Local)),
            ("[::ffff:10.0.0.1]", Some(Space::Local)),
            ("printer.local", Some(Space::Local)),
            ("9.9.9.9", Some(Space::Public)),
            ("example.com", None),
        ] {
            assert_eq!(Space::of_url(&Url::parse(&format!("http://{host}/")).unwrap()), space, "{host}");
        }
    }
}
