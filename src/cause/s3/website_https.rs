//! https to a website endpoint.

use super::website_method::rest_host;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The URL asks a website endpoint of S3 (`BUCKET.s3-website…`) over https. Website endpoints speak plain HTTP only.
    /// # Why the browser hides it
    /// The connection is refused, stays silent or fails in TLS; a page's script gets a network error without status. With http instead, an https page
    /// may not call it at all (mixed content).
    /// # How to tell
    /// The host contains `s3-website`, the scheme is https, and no HTTP answer comes.
    /// # Fix
    /// Use the REST endpoint `BUCKET.s3.REGION.amazonaws.com`, or put CloudFront in front of the website.
    /// # Sources
    /// - S3 User Guide, "Website endpoints": no https (documented; how the attempt fails is not)
    "s3-website-https": "website endpoints of S3 do not speak https", Cause, Exact, S3,
    supersedes: ["tls-hostname-mismatch", "tls-handshake", "tcp-refused", "tcp-timeout", "tcp-reset", "http-timeout", "http-connection-closed"]
}

const SYMPTOMS: [FailureKind; 8] = [
    FailureKind::TcpRefused,
    FailureKind::TcpTimeout,
    FailureKind::TcpReset,
    FailureKind::TlsHostnameMismatch,
    FailureKind::TlsHandshake,
    FailureKind::HttpTimeout,
    FailureKind::HttpMalformed,
    FailureKind::ConnectionClosed,
];

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.target.endpoint.as_deref() != Some("website") || case.ask.url.scheme() != "https" {
        return None;
    }
    let probe = case.deciding()?;
    let failure = probe.failure.as_ref().filter(|f| SYMPTOMS.contains(&f.kind))?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let rest = rest_host(case);
    let text =
        format!("{host} is a website endpoint of S3, and those speak plain HTTP only. Pages served over https cannot call it either way.");
    let fix = Fix::new(
        "use-rest-endpoint",
        format!("use https://{rest}"),
        "It serves the same objects over https, by the bucket's CORS rules; index documents and redirects need CloudFront in front of the website instead.",
    );
    let finding = Finding::new(text)
        .cite(probe, failure.detail.clone())
        .cite_ask(format!("{} over https", case.ask.url.host_str().unwrap_or_default()));
    Some(finding.confidence(Confidence::Confirmed).fix(fix))
}
