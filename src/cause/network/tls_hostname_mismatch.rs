//! The certificate is for other names.

use super::{Broken, ONE_ERROR};
use crate::aws;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{FailureKind, Tls};

cause! {
    /// # What happened
    /// The server showed a certificate that does not name the host in the URL, so the browser hung up before sending anything.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure; the warning page that a person could click away is shown for navigation
    /// only. Chromium's console has `net::ERR_CERT_COMMON_NAME_INVALID`.
    /// # How to tell
    /// Compare the host with the certificate's names. A `*` stands for exactly one label: `*.example.com` covers neither `example.com`
    /// nor `a.b.example.com`.
    /// # Fix
    /// Use a name that the certificate has, or get a certificate for this name (and make the server choose it by SNI).
    /// # Sources
    /// - Matching names: <https://www.rfc-editor.org/rfc/rfc9525#section-6.3>
    "tls-hostname-mismatch": "the certificate is for other names", Cause, Protocol, Tls
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TlsHostnameMismatch)?;
    let host = &broken.host;
    let names = broken.probe.tls.as_ref().map(listed).filter(|names| !names.is_empty());
    let shown = names.as_deref().unwrap_or("other names");
    let wildcard = broken.probe.tls.as_ref().and_then(|tls| tls.names.iter().find(|name| covers_parent(name, host)));
    let why = wildcard.map(|name| format!(" A * stands for one label only, so {name} does not reach that far.")).unwrap_or_default();
    Some(
        broken
            .finding(
                &format!("TLS with {}", broken.place),
                format!(
                    "The URL says {host}, and the certificate that the server showed is for {shown}.{why} The browser hangs up before it \
                     sends anything. {ONE_ERROR}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(if leads_to_s3(case, &broken) { in_front_of_s3(host) } else { Fix::new(
                "fix-certificate",
                format!("get a certificate that names {host}, or use a name that it has"),
                "Behind a load balancer or CDN, add the name there as well (certificate and alias): the one that answers first shows the \
                 certificate.",
            ) }),
    )
}

/// Whether the name is one's own and DNS leads it to S3.
fn leads_to_s3(case: &Case<'_>, broken: &Broken<'_>) -> bool {
    let chain = broken.probe.dns.as_ref().map(|dns| dns.chain.as_slice()).unwrap_or_default();
    case.target.kind != "s3" && aws::chain_target(chain).is_some_and(|target| target.kind == "s3")
}

fn in_front_of_s3(host: &str) -> Fix {
    let detail = "S3 shows its own certificate whatever name leads to it, so a name of one's own works over plain http only. A distribution \
        takes a certificate for the name (ACM, us-east-1) and the bucket as its origin; S3's own name works at once.";
    Fix::new("cloudfront-in-front", format!("put CloudFront in front of the bucket for {host}, or ask S3 by its own name"), detail)
}

/// The names for a sentence, at most six.
pub(super) fn listed(tls: &Tls) -> String {
    let more = if tls.names.len() > 6 { format!(" and {} more", tls.names.len() - 6) } else { String::new() };
    format!("{}{more}", tls.names.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// Whether a wildcard name ends like the host, but more than one label stands before that end (or none).
fn covers_parent(name: &str, host: &str) -> bool {
    let Some(parent) = name.strip_prefix("*.") else { return false };
    let before = host.strip_suffix(parent).map(|start| start.trim_end_matches('.'));
    before.is_some_and(|start| start.is_empty() || start.contains('.'))
}
