//! What a browser sends, line by line.

use url::Url;

use super::Engine;
use super::flight::Flight;
use crate::evidence::{Purpose, Step};
use crate::web::site::{self, Relation};
use crate::web::{Origin, header};

type Lines = Vec<(String, String)>;

/// The preflight of this hop.
pub(super) fn preflight(flight: &Flight<'_>) -> Step {
    let mut headers = Lines::new();
    let mut add = |name: &str, value: &str| headers.push((name.into(), value.into()));
    add("Accept", "*/*");
    add("Access-Control-Request-Method", flight.method);
    let names = flight.unsafe_names();
    if !names.is_empty() {
        add("Access-Control-Request-Headers", &names.join(","));
    }
    add("Origin", flight.preflight_origin());
    surroundings(flight, &mut add);
    step(flight, Purpose::Preflight, "OPTIONS", headers)
}

/// The request proper of this hop. A header of the ask whose value is not known is not sent.
pub(super) fn actual(flight: &Flight<'_>) -> Step {
    let mut headers = Lines::new();
    let given: Vec<(&str, &str)> =
        flight.headers().filter_map(|(name, value)| Some((name.as_str(), header::trim(value.as_deref()?)))).collect();
    let mut add = |name: &str, value: &str| {
        if !given.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            headers.push((name.into(), value.into()));
        }
    };
    add("Accept", "*/*");
    if flight.cross_origin || !matches!(flight.method, "GET" | "HEAD") {
        add("Origin", flight.origin());
    }
    surroundings(flight, &mut add);
    headers.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    step(flight, Purpose::Actual, flight.method, headers)
}

fn step(flight: &Flight<'_>, purpose: Purpose, method: &str, headers: Lines) -> Step {
    let with_body = purpose == Purpose::Actual && !matches!(method, "GET" | "HEAD");
    Step { purpose, hop: flight.hop, method: method.into(), url: flight.url.as_ref().clone(), headers, with_body, turn: 0 }
}

/// The lines that are the same on a preflight and on the request.
fn surroundings(flight: &Flight<'_>, add: &mut impl FnMut(&str, &str)) {
    let origin = &flight.ask.origin;
    if let Some(referrer) = referrer(origin, &flight.url) {
        add("Referer", &referrer);
    }
    // <https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration>: only to URLs that can be trusted.
    if site::is_trustworthy(&flight.url) {
        add("Sec-Fetch-Mode", "cors");
        add("Sec-Fetch-Site", Relation::of(origin, &flight.url).as_str());
        add("Sec-Fetch-Dest", "empty");
    }
    add("User-Agent", user_agent(flight.profile.engine));
    add("Accept-Language", "en-US,en;q=0.9");
    add("Accept-Encoding", "gzip, deflate, br");
}

/// The page's origin with a slash, as the default policy sends it to another origin; nothing from https to http.
/// <https://w3c.github.io/webappsec-referrer-policy/#referrer-policy-strict-origin-when-cross-origin>.
fn referrer(page: &Origin, to: &Url) -> Option<String> {
    let tells = matches!(page.scheme(), Some("http" | "https")) && (!site::is_trustworthy_origin(page) || site::is_trustworthy(to));
    tells.then(|| format!("{page}/"))
}

fn user_agent(engine: Engine) -> &'static str {
    match engine {
        Engine::Chromium => concat!(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 whycors/",
            env!("CARGO_PKG_VERSION")
        ),
        Engine::Firefox => {
            concat!("Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0 whycors/", env!("CARGO_PKG_VERSION"))
        }
        Engine::Webkit => concat!(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15 whycors/",
            env!("CARGO_PKG_VERSION")
        ),
    }
}
