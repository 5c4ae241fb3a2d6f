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

/// Why no browser can ever send an origin that an entry covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Never {
    /// A stable name of the mistake, such as `origin-trailing-slash`.
    pub code: &'static str,
    /// What is wrong; completes "… because".
    pub why: &'static str,
    /// What was probably meant.
    pub meant: Option<String>,
}

/// Why no browser can ever send an origin that this entry covers; nothing when one could. `*` may stand for anything.
pub fn never_an_origin(pattern: &str) -> Option<Never> {
    if pattern == "*" || pattern == "null" {
        return None;
    }
    let never = |code, why| Some(Never { code, why, meant: meant(pattern) });
    if pattern.is_empty() {
        return never("empty-origin", "it is empty");
    }
    if pattern.contains(char::is_whitespace) {
        return never("origin-whitespace", "it contains white space");
    }
    if pattern.contains(',') || pattern.contains(';') {
        return never("origin-list-in-one-string", "it is a list in one string, and each origin needs an entry of its own");
    }
    if pattern.chars().any(|c| c.is_ascii_uppercase()) {
        return never("origin-uppercase", "it has capital letters, and browsers send lower case");
    }
    let (code, why) = match pattern.split_once("://") {
        Some((scheme, rest)) => shape(scheme, rest)?,
        None => without_scheme(pattern)?,
    };
    never(code, why)
}

type Reason = (&'static str, &'static str);

fn shape(scheme: &str, rest: &str) -> Option<Reason> {
    if rest.is_empty() {
        return Some(("origin-without-host", "it has no host"));
    }
    if rest.find('/') == Some(rest.len() - 1) {
        return Some(("origin-trailing-slash", "it ends in a slash, and an origin has none"));
    }
    if rest.contains(['/', '?', '#']) {
        return Some(("origin-path", "it has a path, and an origin has none"));
    }
    if (scheme == "https" && rest.ends_with(":443")) || (scheme == "http" && rest.ends_with(":80")) {
        return Some(("origin-default-port", "it names the default port, which browsers leave out"));
    }
    if rest.contains('@') {
        return Some(("origin-user-name", "it has a user name, and an origin has none"));
    }
    if !rest.is_ascii() {
        return Some(("origin-not-ascii", "browsers send such a name in its ASCII form (punycode)"));
    }
    let port = rest.rsplit_once(':').map_or("", |(_, port)| port);
    let odd_port = !rest.ends_with(']') && port.bytes().any(|c| !c.is_ascii_digit() && c != b'*');
    let odd = odd_port || rest.bytes().any(|c| b"<>{}|\\^`%\"'()$".contains(&c));
    odd.then_some(("origin-odd-character", "it holds a character that no origin has"))
}

fn without_scheme(pattern: &str) -> Option<Reason> {
    // A wildcard at the beginning stands for the scheme as well, and `http*` for the rest of it.
    let begins_one = |start: &str| "https://".starts_with(start) || "http://".starts_with(start);
    match pattern.split_once('*') {
        Some(("", _)) if pattern.ends_with('/') => Some(("origin-trailing-slash", "it ends in a slash, and an origin has none")),
        Some(("", rest)) if rest.contains('/') => Some(("origin-path", "it has a path, and an origin has none")),
        Some((start, _)) if begins_one(start) => None,
        _ => Some(("origin-without-scheme", "it has no scheme")),
    }
}

/// The origin that the author of an entry probably meant. A wildcard label survives.
fn meant(pattern: &str) -> Option<String> {
    const STAND_IN: &str = "wildcard-label-0";
    let text = pattern.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '/'));
    if text.ends_with(':') {
        return None;
    }
    if text.starts_with('*') || text.matches('*').count() > 1 {
        let lower = text.to_ascii_lowercase();
        return (text.matches('*').count() == 1 && !lower.contains('/') && lower != pattern).then_some(lower);
    }
    let absolute = if text.contains("://") { text.to_owned() } else { format!("{}{text}", scheme_of(text)) };
    let origin = Origin::of(&url::Url::parse(&absolute.replace('*', STAND_IN)).ok()?);
    (!origin.is_null()).then(|| origin.as_str().replace(STAND_IN, "*")).filter(|meant| meant != pattern && !meant.contains([',', ';']))
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
            ("\"https://a.test\"", Some("https://a.test")),
            ("https://a.test,https://b.test", None),
            ("https://bücher.test", Some("https://xn--bcher-kva.test")),
            ("https://a.test:port", None),
        ] {
            let found = never_an_origin(pattern);
            assert!(found.is_some(), "{pattern}");
            assert_eq!(found.and_then(|never| never.meant).as_deref(), meant, "{pattern}");
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
