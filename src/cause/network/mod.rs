//! Before any HTTP: what a browser does not send, and what happens to names, connections and TLS.

mod dns_no_address;
mod dns_nxdomain;
mod dns_refused;
mod dns_servfail;
mod dns_timeout;
mod forbidden_header;
mod forbidden_method;
mod http_connection_closed;
mod http_malformed;
mod http_timeout;
mod invalid_origin;
mod local_network_access;
mod mixed_content;
mod name;
mod network_unreachable;
mod provider;
mod proxy_interference;
mod s3_dotted_bucket_tls;
mod s3_website_https;
mod tcp_refused;
mod tcp_reset;
mod tcp_timeout;
mod tls_expired;
mod tls_handshake;
mod tls_hostname_mismatch;
mod tls_not_yet_valid;
mod tls_untrusted_ca;

use url::Url;

use super::{Case, Finding, Rule, authority, quote};
use crate::evidence::{FailureKind, Probe};

pub(super) static RULES: &[&Rule] = &[
    &mixed_content::RULE,
    &local_network_access::RULE,
    &invalid_origin::RULE,
    &forbidden_method::RULE,
    &forbidden_header::RULE,
    &dns_nxdomain::RULE,
    &dns_no_address::RULE,
    &dns_servfail::RULE,
    &dns_refused::RULE,
    &dns_timeout::RULE,
    &tcp_refused::RULE,
    &tcp_timeout::RULE,
    &tcp_reset::RULE,
    &network_unreachable::RULE,
    &tls_hostname_mismatch::RULE,
    &tls_expired::RULE,
    &tls_not_yet_valid::RULE,
    &tls_untrusted_ca::RULE,
    &tls_handshake::RULE,
    &s3_dotted_bucket_tls::RULE,
    &s3_website_https::RULE,
    &http_timeout::RULE,
    &http_malformed::RULE,
    &http_connection_closed::RULE,
    &proxy_interference::RULE,
];

/// The exchange that ended the browser's attempt without an answer.
struct Broken<'a> {
    probe: &'a Probe,
    url: Url,
    /// Without port.
    host: String,
    /// With port.
    place: String,
}

impl<'a> Broken<'a> {
    /// The exchange at which the browser stopped, when it failed like this.
    fn with(case: &Case<'a>, kind: FailureKind) -> Option<Self> {
        let probe = case.failed_with(kind)?;
        let url = case.url_of(probe);
        Some(Self { probe, host: url.host_str().unwrap_or_default().to_owned(), place: authority(url), url: url.clone() })
    }

    /// A finding that cites what the system said, about `subject`.
    fn finding(&self, subject: &str, explanation: String) -> Finding {
        let said = self.probe.failure.as_ref().map_or("", |failure| failure.detail.as_str());
        let says = if said.is_empty() { subject.to_owned() } else { format!("{subject}: {}", quote(said, 300)) };
        Finding::new(explanation).cite(self.probe, says)
    }

    /// The addresses that were tried, for a sentence; empty when they are not known.
    fn addresses(&self) -> String {
        let known = self.probe.dns.as_ref().map(|dns| dns.addresses.as_slice()).unwrap_or_default();
        let tried: Vec<&str> = known.iter().take(4).map(String::as_str).filter(|address| *address != self.host).collect();
        if tried.is_empty() { String::new() } else { format!(" ({})", tried.join(", ")) }
    }

    /// What a URL without a port means, where it has none.
    fn port_hint(&self) -> String {
        match self.url.port() {
            Some(_) => String::new(),
            None => format!(
                " The URL names no port, so the browser uses {}, the one of {}.",
                self.url.port_or_known_default().unwrap_or_default(),
                self.url.scheme()
            ),
        }
    }
}

/// Why a browser shows all of these as one and the same error.
const ONE_ERROR: &str = "To the page it is the same network error that a CORS refusal gives.";
