//! What looks like CORS in a console and is not: another guard of the browser, or the network. A table, and the report of a hit.

use url::Url;

use crate::ask::Ask;
use crate::aws;
use crate::cause::{Citation, Confidence, Fix};
use crate::diagnose::Diagnosis;
use crate::evidence::redact;
use crate::layer::Layer;
use crate::report::{Report, SCHEMA_VERSION, Tool, Vantage};
use crate::verdict::{Outcome, Stage, Verdict};
use crate::web::Origin;

/// Another blocker than CORS, shown by the pasted text itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookalike {
    /// What it is.
    kind: &'static Row,
    /// The URL that was asked for, where the text names one.
    pub url: Option<Url>,
    /// The page's origin, where it is known.
    pub origin: Option<Origin>,
    /// The message, without secrets.
    pub says: String,
}

/// One blocker.
#[derive(Debug, PartialEq)]
struct Row {
    /// Any of these in the message, in lower case.
    needles: &'static [&'static str],
    /// The code of the catalogue.
    cause: &'static str,
    layer: Layer,
    stage: Stage,
    /// Completes "blocked because …".
    title: &'static str,
    explanation: &'static str,
    /// Kind, title and detail of what to do.
    fix: (&'static str, &'static str, &'static str),
}

const fn client(
    needles: &'static [&'static str],
    title: &'static str,
    explanation: &'static str,
    fix: (&'static str, &'static str, &'static str),
) -> Row {
    Row { needles, cause: "blocked-by-client", layer: Layer::Browser, stage: Stage::Request, title, explanation, fix }
}

const fn network(needles: &'static [&'static str], cause: &'static str, layer: Layer, stage: Stage, title: &'static str) -> Row {
    Row {
        needles,
        cause,
        layer,
        stage,
        title,
        explanation: NETWORK,
        fix: (
            "check-from-here",
            "Ask again from this machine",
            "Run whycors probe with the URL and --origin: it shows the resolver's answer, the connection and the certificate.",
        ),
    }
}

const NETWORK: &str = "The browser never got an HTTP answer, so no CORS header could have helped. Where the console speaks of CORS as well, that is only because there was no answer to read the headers from.";

/// The blockers; the first that fits counts.
static ROWS: &[Row] = &[
    client(
        &["content security policy", "content-security-policy"],
        "the page's own content security policy forbids the connection",
        "The page (not the server that was asked) sends a Content-Security-Policy whose connect-src (or default-src) does not list this target. The browser refused before it sent anything, so the CORS rules of the target play no part.",
        (
            "extend-connect-src",
            "Add the target's origin to connect-src of the page's policy",
            "The policy is a header of the page, or a meta tag in it. List the origin that was asked for; redirect targets have to be listed as well.",
        ),
    ),
    Row {
        needles: &["mixed content", "insecure content", "mixed active content"],
        cause: "mixed-content",
        layer: Layer::Browser,
        stage: Stage::Request,
        title: "the page is https and the target is plain http",
        explanation: "A page that was loaded over https may not fetch from http. The browser refused before it sent anything, so the CORS rules of the target play no part.",
        fix: (
            "use-https",
            "Ask for the https URL",
            "Serve the target over https and change the URL in the page. The directive upgrade-insecure-requests does so for all URLs of a page.",
        ),
    },
    Row {
        needles: &["address space"],
        cause: "local-network-access",
        layer: Layer::Browser,
        stage: Stage::Request,
        title: "a public page may not reach into the user's own network without permission",
        explanation: "The target lies in the user's own network or machine, and the page comes from the public internet. Chromium asks the user first; the permission was denied, or the page may not ask because it came over plain http. Nothing was sent, so the CORS rules of the target play no part.",
        fix: (
            "allow-local-network",
            "Allow local network access for the page, or reach the target under a public address",
            "In Chromium: the icon beside the address, Local network access, Allow. The page has to be https to be allowed to ask; a managed browser has the policy LocalNetworkAccessAllowedForUrls.",
        ),
    },
    client(
        &["err_blocked_by_orb", "opaqueresponseblocking", "opaque response blocking", "cross-origin read blocking", "blocked by corb"],
        "the browser withheld a response of the wrong type from a request made without CORS",
        "Opaque response blocking (formerly CORB) hides responses such as HTML or JSON from elements that load without CORS: img, script, a fetch in no-cors mode. It means that the URL did not give the image, script or media it was loaded as, often because an error page came instead.",
        (
            "check-response-type",
            "Look at what the URL returns, and at its Content-Type",
            "An HTML error page or a login page where an image or script was expected is the usual reason. To read the body in script, fetch it in cors mode and let the server allow the origin.",
        ),
    ),
    client(
        &["err_blocked_by_response", "cross-origin-resource-policy", "because it violates the resource's cross-origin-resource-policy"],
        "the response's Cross-Origin-Resource-Policy, or the page's embedder policy, forbids it",
        "The response says Cross-Origin-Resource-Policy: same-origin or same-site, or the page requires that header (Cross-Origin-Embedder-Policy: require-corp) and the response has none. That is a different guard from CORS.",
        (
            "set-corp",
            "Send Cross-Origin-Resource-Policy: cross-origin with the resource",
            "Or load it in cors mode (crossorigin attribute, fetch) with an Access-Control-Allow-Origin that names the page. Where the page itself asks for require-corp, credentialless is an alternative.",
        ),
    ),
    client(
        &[
            "err_blocked_by_client",
            "content blocker prevented",
            "enhanced tracking protection",
            "content blocking is enabled",
            "blocked by an extension",
            "content blocker",
        ],
        "an extension or the browser's own blocker stopped the request",
        "An ad or tracker blocker (an extension, or the browser's own protection) matched the URL. Nothing was sent, so neither the server nor its CORS rules had a say. Other visitors without the blocker are not affected.",
        (
            "try-without-extensions",
            "Try again in a window without extensions",
            "If it works there, rename what the blocker's lists match (ads, track, analytics, beacon in the path or host), or serve it from the page's own origin.",
        ),
    ),
    client(
        &["err_blocked_by_administrator", "err_blocked_by_enterprise"],
        "a policy of the browser's administrator forbids the URL",
        "The browser is managed, and its URL blocklist covers this target. Nothing was sent.",
        ("ask-administrator", "Have the URL allowed by the administrator", "chrome://policy shows the rule."),
    ),
    client(
        &["the fetchevent for", "serviceworker", "service worker", "fetchevent.respondwith"],
        "the page's service worker answered with an error",
        "A service worker of the page intercepted the request and its respondWith() failed: it threw, it was rejected, or it returned a response of a kind that this request may not have. The server may never have been asked.",
        (
            "bypass-service-worker",
            "Reload with the service worker switched off",
            "In the developer tools: Application, Service workers, \"Bypass for network\". If the request works then, look at the worker's fetch handler; it must not return an opaque response to a cors request.",
        ),
    ),
    client(
        &["err_unsafe_port", "restricted port", "not allowed to use restricted network port"],
        "browsers never connect to this port",
        "The port is on the list of ports that browsers refuse for http, because other protocols use them. Nothing was sent.",
        ("use-another-port", "Serve on another port", "<https://fetch.spec.whatwg.org/#port-blocking> has the list."),
    ),
    network(
        &["err_name_not_resolved", "specified hostname could not be found", "server not found"],
        "dns-nxdomain",
        Layer::Dns,
        Stage::Dns,
        "the host name does not resolve",
    ),
    network(
        &["err_connection_refused", "could not connect to the server"],
        "tcp-refused",
        Layer::Network,
        Stage::Connect,
        "nothing listens at that address and port",
    ),
    network(
        &["err_connection_reset", "the network connection was lost"],
        "tcp-reset",
        Layer::Network,
        Stage::Connect,
        "the connection was reset",
    ),
    network(
        &["err_connection_timed_out", "err_timed_out", "the request timed out"],
        "tcp-timeout",
        Layer::Network,
        Stage::Connect,
        "the server did not answer in time",
    ),
    network(&["err_address_unreachable"], "network-unreachable", Layer::Network, Stage::Connect, "there is no route to the address"),
    network(
        &["err_connection_closed", "err_empty_response"],
        "http-connection-closed",
        Layer::Network,
        Stage::Http,
        "the server closed the connection without an answer",
    ),
    network(
        &["err_invalid_http_response", "err_http2_protocol_error", "err_quic_protocol_error", "err_invalid_chunked_encoding"],
        "http-malformed",
        Layer::Server,
        Stage::Http,
        "what the server sent is not valid HTTP",
    ),
    network(
        &["err_cert_common_name_invalid", "ssl_error_bad_cert_domain"],
        "tls-hostname-mismatch",
        Layer::Tls,
        Stage::Tls,
        "the certificate is for another name",
    ),
    network(
        &["err_cert_date_invalid", "sec_error_expired_certificate"],
        "tls-expired",
        Layer::Tls,
        Stage::Tls,
        "the certificate has expired or is not valid yet",
    ),
    network(
        &["err_cert_authority_invalid", "sec_error_unknown_issuer", "certificate for this server is invalid"],
        "tls-untrusted-ca",
        Layer::Tls,
        Stage::Tls,
        "the certificate is not trusted",
    ),
    network(
        &["err_ssl_", "err_cert_", "ssl_error_", "err_bad_ssl", "an ssl error has occurred"],
        "tls-handshake",
        Layer::Tls,
        Stage::Tls,
        "the TLS handshake failed",
    ),
    network(
        &["err_proxy_connection_failed", "err_tunnel_connection_failed", "err_unexpected_proxy_auth"],
        "proxy-interference",
        Layer::Proxy,
        Stage::Connect,
        "the browser's proxy could not be used",
    ),
    Row {
        needles: &[
            "err_internet_disconnected",
            "err_network_changed",
            "err_network_io_suspended",
            "the internet connection appears to be offline",
        ],
        cause: "network-unreachable",
        layer: Layer::Network,
        stage: Stage::Connect,
        title: "the browser's machine had no network",
        explanation: NETWORK,
        fix: ("reconnect", "Reconnect and try again", "The trouble was on the browser's side; the target was never asked."),
    },
];

impl Lookalike {
    /// The blocker that a message shows.
    pub(super) fn find(message: &str) -> Option<Self> {
        let lower = message.to_ascii_lowercase();
        let kind = ROWS.iter().find(|row| row.needles.iter().any(|needle| lower.contains(needle)))?;
        let short: String = message.trim().chars().take(300).collect();
        Some(Self { kind, url: None, origin: None, says: redact::text(&short).into_owned() })
    }

    /// The code of the catalogue.
    pub fn cause(&self) -> &'static str {
        self.kind.cause
    }

    /// Completes "blocked because …".
    pub fn title(&self) -> &'static str {
        self.kind.title
    }

    /// The report: blocked, by this and not by CORS. Nothing was sent for it.
    pub fn report(&self) -> Option<Report> {
        let Row { cause, layer, stage, title, explanation, fix: (kind, headline, detail), .. } = self.kind;
        let url = self.url.clone().or_else(|| Url::parse("about:blank").ok())?;
        let origin = self.origin.clone().unwrap_or_else(Origin::null);
        Some(Report {
            schema_version: SCHEMA_VERSION.into(),
            tool: Tool::default(),
            id: None,
            started_at: None,
            duration_ms: None,
            target: aws::target(&url),
            ask: Ask::get(url, origin),
            verdict: Verdict { allowed: Some(false), stage: *stage, preflight: Outcome::NotSent, ..Verdict::default() },
            diagnosis: Some(Diagnosis {
                cause: (*cause).into(),
                layer: *layer,
                confidence: Confidence::Confirmed,
                cors_rules: false,
                title: (*title).into(),
                explanation: (*explanation).into(),
                evidence: vec![Citation { probe: None, says: self.says.clone() }],
                alternatives: Vec::new(),
                ruled_out: Vec::new(),
                fixes: vec![Fix::new(kind, *headline, *detail)],
            }),
            findings: Vec::new(),
            probes: Vec::new(),
            vantage: Vantage::default(),
            cors_config: None,
            map: None,
            readings: Vec::new(),
            samples: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_reached_by_its_own_words() {
        for row in ROWS {
            for needle in row.needles {
                let found = Lookalike::find(&format!("x {} y", needle.to_ascii_uppercase())).unwrap();
                assert_eq!(found.title(), row.title, "{needle}");
            }
        }
        assert_eq!(Lookalike::find("net::ERR_FAILED 200 (OK)"), None);
    }

    #[test]
    fn a_report_says_that_it_is_not_cors() {
        let report = Lookalike::find("GET https://a.example/ net::ERR_NAME_NOT_RESOLVED").unwrap().report().unwrap();
        assert_eq!((report.verdict.allowed, report.verdict.stage), (Some(false), Stage::Dns));
        let diagnosis = report.diagnosis.unwrap();
        assert_eq!((diagnosis.cause.as_str(), diagnosis.cors_rules), ("dns-nxdomain", false));
    }
}
