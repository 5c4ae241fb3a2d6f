//! The origin of a page, in the form a browser sends it.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// A serialised origin: `null`, or scheme, host and (when not the default) port.
///
/// An `Origin` that exists is one a browser can send.
/// Source: <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(test, schemars(with = "String"))]
pub struct Origin(String);

/// Why a text is not an origin, and which origin its author probably means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not an origin a browser sends: {problem}{}", .sent.as_ref().map(|s| format!("; the browser sends {s}")).unwrap_or_default())]
pub struct OriginError {
    /// The text as given.
    pub given: String,
    /// What is wrong with it.
    pub problem: &'static str,
    /// What a browser on such a page would send.
    pub sent: Option<Origin>,
}

impl Origin {
    /// The opaque origin, sent as `null`.
    pub fn null() -> Self {
        Self("null".into())
    }

    /// Reads an origin strictly: what a browser would not send byte for byte is an error that says what it would send.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text == "null" || is_plain(text) {
            return Ok(Self(text.to_owned()));
        }
        let fail = |problem, sent| Err(OriginError { given: text.to_owned(), problem, sent });
        if text.is_empty() {
            return fail("it is empty", None);
        }
        let Ok(url) = Url::parse(text) else {
            let guess = Url::parse(&format!("https://{text}")).ok().filter(|_| !text.contains("://") && !text.contains('*'));
            return match guess.map(|url| Self::of(&url)) {
                Some(origin) if !origin.is_null() => fail("it has no scheme", Some(origin)),
                _ => fail("it is not a URL", None),
            };
        };
        let sent = Self::of(&url);
        if sent.0 == text {
            return Ok(sent);
        }
        if sent.is_null() {
            // `localhost:3000` parses as a URL with the scheme `localhost`.
            return match Url::parse(&format!("http://{text}")) {
                Ok(url) if !text.contains("//") => fail("it has no scheme", Some(Self::of(&url))),
                _ => fail("its scheme has no origin of its own", Some(sent)),
            };
        }
        let problem = if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            "an origin has no path"
        } else if text.ends_with('/') {
            "an origin has no trailing slash"
        } else if !url.username().is_empty() || url.password().is_some() {
            "an origin has no user name"
        } else if text.len() > sent.0.len() {
            "browsers leave out the default port"
        } else {
            "browsers write it differently"
        };
        fail(problem, Some(sent))
    }

    /// The origin of a URL.
    pub fn of(url: &Url) -> Self {
        match url.scheme() {
            // Extension pages have an origin although the URL standard leaves theirs opaque.
            "chrome-extension" | "moz-extension" | "safari-web-extension" | "capacitor" | "ionic" | "app" | "tauri"
                if url.host_str().is_some() =>
            {
                let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
                Self(format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default()))
            }
            _ => Self(url.origin().ascii_serialization()),
        }
    }

    /// The serialisation, byte for byte as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the opaque origin.
    pub fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// Whether a URL has this origin. The opaque origin is nobody's.
    /// <https://html.spec.whatwg.org/multipage/browsers.html#same-origin>.
    pub fn is_of(&self, url: &Url) -> bool {
        let Some(rest) = self.0.strip_prefix(url.scheme()).and_then(|rest| rest.strip_prefix("://")) else { return false };
        let Some(port) = url.host_str().filter(|host| !host.is_empty()).and_then(|host| rest.strip_prefix(host)) else { return false };
        match url.port() {
            None => port.is_empty(),
            Some(number) => port.strip_prefix(':').is_some_and(|digits| digits.parse() == Ok(number)),
        }
    }

    /// Scheme, or nothing for `null`.
    pub fn scheme(&self) -> Option<&str> {
        self.0.split_once("://").map(|(scheme, _)| scheme)
    }

    /// Host as a URL writes it (an IPv6 address in brackets), or nothing for `null`.
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        let port = rest.rfind(':').filter(|at| !rest[*at..].contains(']'));
        Some(port.map_or(rest, |at| &rest[..at]))
    }

    /// The origin as a URL, or nothing for `null`.
    pub fn url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }
}

/// Whether a text is an origin without any doubt, as nearly all are: this is much quicker seen than a URL is parsed.
fn is_plain(text: &str) -> bool {
    let (rest, default) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, 443),
        (_, Some(rest)) => (rest, 80),
        _ => return false,
    };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty() && !label.starts_with("xn--") && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let is_port = |port: &str| {
        let digits = port.len() <= 5 && !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit());
        digits && port.parse::<u16>().is_ok_and(|port| port != default)
    };
    // A last label that begins with a digit may be part of an address.
    host.split('.').all(is_label)
        && host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()))
        && port.is_none_or(is_port)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_browsers_send() {
        for text in ["null", "https://app.example.com", "http://localhost:3000", "https://[::1]:8443", "chrome-extension://abcdef"] {
            assert_eq!(Origin::parse(text).map(|o| o.to_string()), Ok(text.to_owned()));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_plain_is_what_a_browser_sends(text in r"https?://([a-z0-9-]{1,5}\.){0,3}([a-z0-9]{1,4}|xn--[a-z0-9]{1,4}|0x[0-9a-f]{1,3}|127)(:(0|80|443|8080|[0-9]{1,6}))?") {
            if is_plain(&text) {
                proptest::prop_assert_eq!(Url::parse(&text).map(|url| Origin::of(&url).0), Ok(text));
            }
        }
    }

    #[test]
    fn is_of_its_own_urls_only() {
        for (origin, url, same) in [
            ("https://a.test", "https://a.test:443/x?y", true),
            ("https://a.test:8443", "https://a.test:8443/", true),
            ("https://a.test", "https://a.test:8443/", false),
            ("https://a.test", "http://a.test/", false),
            ("https://a.test", "https://a.test.evil.test/", false),
            ("null", "data:,x", false),
        ] {
            assert_eq!(Origin::parse(origin).unwrap().is_of(&Url::parse(url).unwrap()), same, "{origin} {url}");
        }
    }

    #[test]
    fn says_what_a_browser_sends_instead() {
        for (given, sent) in [
            ("https://app.example.com/", "https://app.example.com"),
            ("https://app.example.com/upload?x", "https://app.example.com"),
            ("https://APP.example.com", "https://app.example.com"),
            ("https://app.example.com:443", "https://app.example.com"),
            ("app.example.com", "https://app.example.com"),
            ("localhost:3000", "http://localhost:3000"),
        ] {
            let error = Origin::parse(given).unwrap_err();
            assert_eq!(error.sent.unwrap().as_str(), sent, "{given}: {}", error.problem);
        }
        assert!(Origin::parse("").is_err() && Origin::parse("*").is_err() && Origin::parse("file:///x").is_err());
    }
}
