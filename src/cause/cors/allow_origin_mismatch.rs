//! Another origin is allowed.

use super::fault::{Fault, Kind};
use crate::cause::{Case, Confidence, Finding, Fix, quote};
use crate::remedy::server::serve_the_page;
use crate::web::Origin;
use crate::web::site::Space;

cause! {
    /// # What happened
    /// The answer allows an origin, but another one. Browsers compare byte for byte: scheme, host and port must be the same, and nothing
    /// may follow.
    /// # Why the browser hides it
    /// It does not: the console shows the value. What it does not show is where the value comes from (a constant in a configuration, a
    /// cache).
    /// # How to tell
    /// Compare the value with the page's `location.origin`: http or https, with or without `www`, the port, a slash at the end, upper
    /// case.
    /// # Fix
    /// Allow the page's origin exactly. With several origins, keep a list on the server and send back the one that asked (with Vary:
    /// Origin).
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSAllowOriginNotMatchingOrigin>
    "allow-origin-mismatch": "the answer allows another origin", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::OtherOrigin)?;
    let value = fault.value("access-control-allow-origin")?;
    let difference = difference(&fault.origin, &value);
    let finding = fault
        .finding(
            case,
            "Access-Control-Allow-Origin",
            format!(
                "The page is {}, and {} allows {}: {difference}. Browsers compare byte for byte.",
                fault.origin,
                fault.answer(),
                quote(&value, 200)
            ),
        )
        .confidence(Confidence::Confirmed);
    let finding = if case.ask.origin.is_null() { finding.fix(serve_the_page()) } else { finding };
    let finding = finding.fix(fault.fix(
        case,
        "allow-origin",
        format!("send Access-Control-Allow-Origin: {}", fault.advised(case)),
        "For more than one origin, keep a list on the server, send back the one that asked, and add Vary: Origin.",
    ));
    Some(match other_name_of_this_machine(&fault.origin, &value) {
        Some(open) => finding.fix(open),
        None => finding,
    })
}

/// `localhost` and `127.0.0.1` are one machine and two origins.
fn other_name_of_this_machine(origin: &Origin, value: &str) -> Option<Fix> {
    let (page, allowed) = (origin.url()?, url::Url::parse(value).ok()?);
    let here = |url: &url::Url| Space::of_url(url) == Some(Space::Loopback);
    let same = page.scheme() == allowed.scheme() && page.port() == allowed.port();
    (same && here(&page) && here(&allowed)).then(|| {
        let place = allowed.origin().ascii_serialization();
        Fix::new("open-the-page-as", format!("open the page as {place}"), "Both names are this machine, and two origins.")
    })
}

/// Which part differs, for people.
fn difference(origin: &Origin, value: &str) -> String {
    if value == "null" {
        return "the answer allows sandboxed and local documents (null) only".into();
    }
    if origin.is_null() {
        return "the browser sent Origin: null (a sandboxed frame, a file, or a redirect between foreign origins)".into();
    }
    if value.strip_suffix('/') == Some(origin.as_str()) {
        return "the value has a slash at the end, which no origin has".into();
    }
    if value.eq_ignore_ascii_case(origin.as_str()) {
        return "it differs in upper and lower case".into();
    }
    if value.contains('*') {
        return "the * in it is no pattern: only a * that stands alone means anything to a browser".into();
    }
    let (Some(page), Ok(allowed)) = (origin.url(), url::Url::parse(value)) else { return "it is another origin".into() };
    if page.origin() == allowed.origin() {
        return if allowed.path() == "/" && allowed.query().is_none() {
            "it is the same origin, written differently (a default port, for one), and that counts as another".into()
        } else {
            "the value has a path, which no origin has".into()
        };
    }
    let (here, there) = (page.host_str().unwrap_or_default(), allowed.host_str().unwrap_or_default());
    let mut parts = Vec::new();
    if page.scheme() != allowed.scheme() {
        parts.push(format!("the scheme ({} instead of {})", allowed.scheme(), page.scheme()));
    }
    if here.strip_prefix("www.") == Some(there) || there.strip_prefix("www.") == Some(here) {
        parts.push("the host (one with www, one without)".into());
    } else if here != there {
        parts.push(format!("the host ({there} instead of {here})"));
    }
    let scheme_explains = page.scheme() != allowed.scheme() && page.port().is_none() && allowed.port().is_none();
    if page.port_or_known_default() != allowed.port_or_known_default() && !scheme_explains {
        let port = |url: &url::Url| url.port().map_or("none".to_owned(), |port| port.to_string());
        parts.push(format!("the port ({} instead of {})", port(&allowed), port(&page)));
    }
    let path = match allowed.path() {
        "/" if value.ends_with('/') => ", and it has a slash at the end, which no origin has",
        "/" => "",
        _ => ", and it has a path, which no origin has",
    };
    format!("it differs in {}{path}", parts.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_part_differs() {
        let page = Origin::parse("https://app.example.com").unwrap();
        for (value, word) in [
            ("http://app.example.com", "scheme"),
            ("https://www.app.example.com", "www"),
            ("https://app.example.com:8443", "port (8443 instead of none)"),
            ("https://app.example.com/", "slash"),
            ("https://APP.example.com", "case"),
            ("https://app.example.com:443", "default port"),
            ("https://app.example.com/x", "path"),
            ("https://other.example.org", "the host (other.example.org"),
            ("https://www.app.example.com/", "without), and it has a slash"),
            ("https://other.example.org/app", "app.example.com), and it has a path"),
            ("https://*.example.com", "no pattern"),
            ("null", "null"),
        ] {
            let said = difference(&page, value);
            assert!(said.contains(word), "{value}: {said}");
        }
        assert!(!difference(&page, "http://app.example.com").contains("port"));
    }
}
