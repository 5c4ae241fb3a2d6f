//! Near misses between an `AllowedOrigins` entry and the origin that a browser sends: what the eye does not see.

use crate::web::Origin;

/// Why an entry does not cover an origin although a person would think so; nothing when it is simply another one.
pub(super) fn difference(pattern: &str, origin: &str) -> Option<String> {
    let bare = pattern.trim().trim_end_matches('/');
    let wanted = split(origin)?;
    if pattern != bare && bare == origin {
        return Some(if pattern.trim() == pattern { "the rule has a trailing slash" } else { "the rule has a space too many" }.into());
    }
    if bare.eq_ignore_ascii_case(origin) {
        return Some("browsers send the origin in lower case".into());
    }
    if bare == wanted.1 {
        return Some(format!("the rule lacks the scheme, {}://", wanted.0));
    }
    let (scheme, host) = split(bare)?;
    if let Some((host, _path)) = host.split_once('/').filter(|(host, _)| *host == wanted.1 && scheme == wanted.0) {
        return Some(format!("the rule has a path after {host}; an origin has none"));
    }
    if host == wanted.1 {
        return Some(format!("the scheme differs, the rule says {scheme}"));
    }
    if scheme == wanted.0 && host.strip_prefix("*.") == Some(wanted.1) {
        return Some(format!("*.{} does not cover {} itself", wanted.1, wanted.1));
    }
    if scheme == wanted.0 && (host.strip_prefix("www.") == Some(wanted.1) || wanted.1.strip_prefix("www.") == Some(host)) {
        return Some("only one of the two has www".into());
    }
    let name = |text: &str| text.rsplit_once(':').map_or(text.to_owned(), |(name, _)| name.to_owned());
    (scheme == wanted.0 && name(host) == name(wanted.1)).then(|| "the port differs".to_owned())
}

fn split(origin: &str) -> Option<(&str, &str)> {
    origin.split_once("://")
}

/// Why no browser can ever send an origin that this entry covers, and what was probably meant. `*` may stand for anything.
pub fn never_an_origin(pattern: &str) -> Option<(&'static str, Option<String>)> {
    if pattern == "*" || pattern == "null" {
        return None;
    }
    if pattern.is_empty() {
        return Some(("it is empty", None));
    }
    if pattern != pattern.trim() || pattern.contains(char::is_whitespace) {
        return Some(("it contains white space", meant(pattern)));
    }
    if pattern.len() > 1 && pattern.starts_with(['"', '\'']) {
        return Some(("it holds its own quotes", meant(pattern.trim_matches(['"', '\'']))));
    }
    if pattern.contains(',') || pattern.contains(';') {
        return Some(("it is a list in one string: each origin needs an entry of its own", None));
    }
    if pattern.chars().any(|c| c.is_ascii_uppercase()) {
        return Some(("it has capital letters, and browsers send lower case", meant(pattern)));
    }
    let Some((scheme, rest)) = pattern.split_once("://") else { return without_scheme(pattern) };
    if scheme.contains('*') && scheme != "*" && !scheme.starts_with("http") {
        return None;
    }
    if rest.ends_with('/') && rest.matches('/').count() == 1 {
        return Some(("it ends in a slash, and an origin has none", meant(pattern)));
    }
    if rest.contains('/') || rest.contains('?') || rest.contains('#') {
        return Some(("it has a path, and an origin has none", meant(pattern)));
    }
    if (scheme == "https" && rest.ends_with(":443")) || (scheme == "http" && rest.ends_with(":80")) {
        return Some(("it names the default port, which browsers leave out", meant(pattern)));
    }
    if rest.is_empty() {
        return Some(("it has no host", None));
    }
    odd_characters(pattern, rest)
}

fn without_scheme(pattern: &str) -> Option<(&'static str, Option<String>)> {
    // A wildcard at the beginning stands for the scheme as well.
    if pattern.starts_with('*') {
        return match pattern.trim_end_matches('/') == pattern && !pattern.contains('/') {
            true => None,
            false => Some(("it has a slash after the host, and an origin has none", meant(pattern))),
        };
    }
    // `https*` and `http*` can still cover a scheme.
    if pattern.split_once('*').is_some_and(|(start, _)| "https://".starts_with(start) || "http://".starts_with(start)) {
        return None;
    }
    Some(("it has no scheme", meant(pattern)))
}

fn odd_characters(pattern: &str, rest: &str) -> Option<(&'static str, Option<String>)> {
    if !pattern.is_ascii() {
        return Some(("it has letters that browsers send in their ASCII form (punycode)", meant(pattern)));
    }
    if rest.contains('@') {
        return Some(("it has a user name, and an origin has none", meant(pattern)));
    }
    if rest.bytes().any(|c| b"<>{}|\\^`%\"'()$".contains(&c)) {
        return Some(("it holds a character that no host name has", None));
    }
    let port = rest.rsplit_once(':').map(|(_, port)| port).filter(|_| !rest.ends_with(']'));
    if port.is_some_and(|port| !port.is_empty() && port != "*" && !port.bytes().all(|c| c.is_ascii_digit() || c == b'*')) {
        return Some(("its port is not a number", None));
    }
    None
}

/// The origin that the author of an entry probably meant. A wildcard label survives.
fn meant(pattern: &str) -> Option<String> {
    const STAND_IN: &str = "wildcard-label-0";
    let text = pattern.trim();
    let with_scheme = if text.contains("://") || text.starts_with('*') { text.to_owned() } else { format!("{}{text}", scheme_of(text)) };
    if with_scheme.matches('*').count() > 1 || with_scheme.starts_with('*') {
        return (with_scheme.matches('*').count() == 1).then(|| with_scheme.trim_end_matches('/').to_owned()).filter(|m| m != pattern);
    }
    let url = url::Url::parse(&with_scheme.replace('*', STAND_IN)).ok()?;
    let origin = Origin::of(&url);
    (!origin.is_null()).then(|| origin.as_str().replace(STAND_IN, "*")).filter(|meant| meant != pattern)
}

fn scheme_of(text: &str) -> &'static str {
    if text.starts_with("localhost") || text.starts_with("127.") || text.starts_with("[::1]") { "http://" } else { "https://" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_eye_misses() {
        for (pattern, origin, hint) in [
            ("https://a.test/", "https://a.test", Some("trailing slash")),
            ("https://A.test", "https://a.test", Some("lower case")),
            ("a.test", "https://a.test", Some("lacks the scheme")),
            ("http://a.test", "https://a.test", Some("scheme differs")),
            ("https://*.a.test", "https://a.test", Some("does not cover a.test itself")),
            ("https://www.a.test", "https://a.test", Some("www")),
            ("https://a.test:8443", "https://a.test", Some("port differs")),
            ("https://a.test/app", "https://a.test", Some("path")),
            ("https://b.test", "https://a.test", None),
            ("", "https://a.test", None),
        ] {
            let found = difference(pattern, origin);
            match hint {
                Some(words) => assert!(found.as_ref().is_some_and(|f| f.contains(words)), "{pattern}: {found:?}"),
                None => assert_eq!(found, None, "{pattern}"),
            }
        }
    }

    #[test]
    fn knows_what_no_browser_sends() {
        for (pattern, meant) in [
            ("https://a.test/", Some("https://a.test")),
            ("https://a.test/app", Some("https://a.test")),
            ("https://*.a.test/", Some("https://*.a.test")),
            ("*.a.test/", Some("*.a.test")),
            ("https://App.a.test", Some("https://app.a.test")),
            ("a.test", Some("https://a.test")),
            ("localhost:3000", Some("http://localhost:3000")),
            ("https://a.test:443", Some("https://a.test")),
            (" https://a.test", Some("https://a.test")),
            ("", None),
            ("https://", None),
            ("https://a.test,https://b.test", None),
            ("https://bücher.test", Some("https://xn--bcher-kva.test")),
            ("https://a.test:port", None),
        ] {
            let found = never_an_origin(pattern);
            assert!(found.is_some(), "{pattern}");
            assert_eq!(found.and_then(|(_, meant)| meant).as_deref(), meant, "{pattern}");
        }
    }

    #[test]
    fn lets_everything_else_be() {
        for pattern in [
            "*",
            "null",
            "https://a.test",
            "http://localhost:3000",
            "https://*",
            "http*://a.test",
            "*.a.test",
            "https://*.a.test:8443",
            "http://localhost:*",
            "chrome-extension://abc",
            "capacitor://localhost",
            "https://[::1]:3000",
            "*://a.test",
            "https*",
        ] {
            assert_eq!(never_an_origin(pattern), None, "{pattern}");
        }
    }
}
