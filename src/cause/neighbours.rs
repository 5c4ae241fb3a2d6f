//! Origins that are easily written instead of the page's own: one that is allowed shows the slip.

use url::Url;

/// Origins that are easily written instead of this one. Those with a trailing slash or a default port are no origins a
/// browser sends, but a rule that was written so matches them.
pub(crate) fn neighbours(origin: &str) -> Vec<String> {
    let Ok(url) = Url::parse(origin) else { return Vec::new() };
    let Some(host) = url.host_str() else { return Vec::new() };
    let (scheme, other) = match url.scheme() {
        "http" => ("http", "https"),
        "https" => ("https", "http"),
        _ => return vec![format!("{origin}/")],
    };
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    let mut near = vec![format!("{origin}/"), format!("{other}://{host}{port}")];
    let domain = url.domain().filter(|d| d.contains('.'));
    match (domain, host.strip_prefix("www.")) {
        (Some(_), Some(bare)) => near.push(format!("{scheme}://{bare}{port}")),
        (Some(_), None) => near.push(format!("{scheme}://www.{host}{port}")),
        (None, _) if host == "localhost" => near.push(format!("{scheme}://127.0.0.1{port}")),
        (None, _) if host == "127.0.0.1" => near.push(format!("{scheme}://localhost{port}")),
        _ => {}
    }
    let default = if scheme == "https" { ":443" } else { ":80" };
    near.push(format!("{scheme}://{host}{}", if port.is_empty() { default } else { "" }));
    near
}

/// What a neighbour that is let through instead of this origin says of the list.
pub(crate) fn slip(origin: &str, neighbour: &str) -> &'static str {
    fn rest(text: &str) -> Option<&str> {
        text.split_once("://").map(|(_, rest)| rest)
    }
    if neighbour.strip_suffix('/') == Some(origin) {
        "the rule was written with a slash or a path behind the origin, which no browser ever sends"
    } else if rest(neighbour) == rest(origin) {
        "the rule has the other scheme"
    } else if neighbour.contains("://www.") != origin.contains("://www.") {
        "the rule differs by www"
    } else if bare(origin) == bare(neighbour) {
        match (port(origin), port(neighbour)) {
            (Some(_), None) => "the rule lacks the port",
            (None, Some(_)) => "the rule names the default port, which browsers leave out",
            _ => "the rule has another port",
        }
    } else {
        "the rule has another host"
    }
}

/// An origin without its port.
fn bare(origin: &str) -> &str {
    port(origin).map_or(origin, |port| origin.strip_suffix(port).unwrap_or(origin))
}

/// The port of an origin as it is written, with its colon.
fn port(origin: &str) -> Option<&str> {
    let at = origin.rfind(':')?;
    let digits = origin.get(at + 1..)?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(origin.get(at..)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_called_by_its_part() {
        for (origin, near, part) in [
            ("http://localhost:3000", "http://localhost", "lacks the port"),
            ("https://example.com", "https://example.com:443", "default port"),
            ("http://localhost:3000", "http://127.0.0.1:3000", "another host"),
            ("http://[::1]:3000", "http://[::1]", "lacks the port"),
            ("https://example.com", "http://example.com", "other scheme"),
            ("https://example.com", "https://example.com/", "slash"),
        ] {
            assert!(slip(origin, near).contains(part), "{origin} {near}: {}", slip(origin, near));
        }
    }

    #[test]
    fn neighbours_are_the_usual_slips() {
        for (origin, near) in [
            (
                "https://example.com",
                vec!["https://example.com/", "http://example.com", "https://www.example.com", "https://example.com:443"],
            ),
            (
                "http://www.example.com:8080",
                vec!["http://www.example.com:8080/", "https://www.example.com:8080", "http://example.com:8080", "http://www.example.com"],
            ),
            (
                "http://localhost:3000",
                vec!["http://localhost:3000/", "https://localhost:3000", "http://127.0.0.1:3000", "http://localhost"],
            ),
            ("null", vec![]),
        ] {
            assert_eq!(neighbours(origin), near);
        }
    }
}
