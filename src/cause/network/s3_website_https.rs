//! https to an S3 website endpoint.

use super::quote;
use crate::aws::s3::endpoint::{Endpoint, Form};
use crate::aws::s3::presign::without_signature;
use crate::aws::s3::{S3Location, path_style};
use crate::cause::{Case, Confidence, Finding, Fix, authority};
use crate::evidence::{FailureKind, Purpose};

cause! {
    /// # What happened
    /// The URL asks an S3 website endpoint over https. Website endpoints speak plain HTTP only, so the connection is refused, stays
    /// silent, or shows a certificate for other names.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure; the bucket's CORS rules are never asked.
    /// # How to tell
    /// The host contains `s3-website`, and the scheme is https.
    /// # Fix
    /// For files and uploads use the bucket's REST endpoint (`https://BUCKET.s3.REGION.amazonaws.com`). For a website over https put
    /// CloudFront in front of it.
    /// # Sources
    /// - Website endpoints: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html>
    "s3-website-https": "S3 website endpoints speak plain HTTP only", Cause, Exact, S3,
    supersedes: ["tcp-refused", "tcp-timeout", "tcp-reset", "tls-hostname-mismatch", "tls-handshake", "http-connection-closed"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let probe = case.deciding()?;
    let failure = probe.failure.as_ref().filter(|failure| is_silence(failure.kind))?;
    let url = case.url_of(probe);
    let at = S3Location::parse(url).filter(|at| at.endpoint.is_website() && url.scheme() == "https")?;
    let region = at.region().map(str::to_owned);
    let rest = Endpoint::new(Form::Regional, region.as_deref()).host(at.bucket.as_deref());
    let mut moved = without_signature(url);
    moved.set_host(Some(&rest)).ok()?;
    // No certificate fits a dotted name in front of the host.
    let dotted = at.bucket.as_deref().is_some_and(|bucket| bucket.contains('.'));
    let moved = if dotted { path_style(&moved)? } else { moved };
    let rest = moved.host_str().unwrap_or_default().to_owned();
    let mut shown = moved.clone();
    shown.set_query(None);
    Some(
        Finding::new(format!(
            "{} is a website endpoint of S3, and those speak plain HTTP only: https to them cannot work. An upload or a download by \
             script belongs to the bucket's REST endpoint {rest}, which speaks https and has CORS rules.",
            url.host_str().unwrap_or_default()
        ))
        .cite(probe, format!("https to {}: {}", authority(url), quote(&failure.detail, 200)))
        .confidence(Confidence::Confirmed)
        .fix(
            Fix::new(
                "use-rest-endpoint",
                format!("use {rest}"),
                "The REST endpoint knows no index documents: name the object's whole key.",
            )
            .snippet("text", "endpoint for the page", shown.to_string())
            .proven_by(case.preflight_step(Purpose::FixVerification, |ask| ask.url = moved)),
        )
        .fix(Fix::new("use-cloudfront", "for a website over https, put CloudFront in front of the bucket", "")),
    )
}

fn is_silence(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::TcpRefused
            | FailureKind::TcpTimeout
            | FailureKind::TcpReset
            | FailureKind::TlsHostnameMismatch
            | FailureKind::TlsHandshake
            | FailureKind::ConnectionClosed
            | FailureKind::NetworkUnreachable
    )
}
