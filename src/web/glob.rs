//! Patterns with `*`.

use url::Url;

/// Whole-text match; `*` stands for any run of characters.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.len() >= last.len() && left.ends_with(last)
}

/// Whether a URL fits a pattern such as `https://*.example.com/*`. A `*` in the host stands for host characters only, and
/// a pattern without a port means the scheme's own.
pub fn glob_url(pattern: &str, url: &Url) -> bool {
    let Some((scheme, rest)) = pattern.split_once("://") else { return false };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port == "*" || port.bytes().all(|b| b.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    };
    let port_fits = match port {
        Some("*") => true,
        Some(port) => url.port_or_known_default().map(|p| p.to_string()).as_deref() == Some(port),
        None => url.port().is_none(),
    };
    let path_and_query = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    scheme == url.scheme() && port_fits && glob(host, url.host_str().unwrap_or_default()) && glob(path, &path_and_query)
}

/// Whether a pattern of URLs fits any: it has to fit at least the URL that it is itself, once its stars are filled.
pub fn fits_some_url(pattern: &str) -> bool {
    let filled = pattern.replace(":*", ":1").replace('*', "x");
    Url::parse(&filled).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && glob_url(pattern, &url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text, fits) in [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("*", "", true),
            ("a*b*c", "a1b2c", true),
            ("a*", "ba", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_that_fits_no_url_is_known() {
        for (pattern, fits) in [
            ("https://*/*", true),
            ("https://*.example.com/*", true),
            ("http://127.0.0.*:*/*", true),
            ("https://[::1]:8443/", true),
            ("https://api.example.com", true),
            ("https://api.example.com:443/v*/x?key=*", true),
            ("*", false),
            ("api.example.com", false),
            ("not a url", false),
            ("*://api.example.com/*", false),
            ("ftp://api.example.com/*", false),
            ("HTTPS://api.example.com/*", false),
            ("https://API.example.com/*", false),
            ("https://user@api.example.com/*", false),
            ("https://api.example.com?x", false),
            ("https://api.example.com:https/*", false),
            ("https:///*", false),
            ("", false),
        ] {
            assert_eq!(fits_some_url(pattern), fits, "{pattern}");
        }
    }

    #[test]
    fn a_host_pattern_does_not_reach_into_the_path() {
        let fits = |pattern: &str, url: &str| glob_url(pattern, &Url::parse(url).unwrap());
        assert!(fits("https://*.example.com/*", "https://a.b.example.com/x?y"));
        assert!(fits("http://127.0.0.1:*/*", "http://127.0.0.1:8080/x") && fits("https://[::1]:8443/", "https://[::1]:8443/"));
        for url in [
            "https://evil.test/?https://a.example.com/x",
            "https://a.example.com@evil.test/",
            "https://a.example.com:8443/",
            "http://a.example.com/",
            "https://evil.test/.example.com/",
        ] {
            assert!(!fits("https://*.example.com/*", url), "{url}");
        }
    }
}
