//! A bucket name with a dot, over https, in the host name.

use super::common::signed::without_signature;
use crate::aws::s3::path_style;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{FailureKind, Purpose};

cause! {
    /// # What happened
    /// The bucket's name contains a dot. The certificate of S3 is for `*.s3.REGION.amazonaws.com`, and a wildcard covers one label only, so TLS
    /// fails for `my.bucket.s3.REGION.amazonaws.com`.
    /// # Why the browser hides it
    /// A page's request to a host with a bad certificate is a network error without status, commonly reported as "CORS". No warning page
    /// is shown for requests of scripts.
    /// # How to tell
    /// The names of the certificate do not cover the host; the bucket part has a dot; the same preflight in path style gets an answer.
    /// # Fix
    /// Use path style (`https://s3.REGION.amazonaws.com/my.bucket/key`; `forcePathStyle` in the SDKs), or a bucket without dots, or CloudFront with a
    /// name of your own.
    /// # Sources
    /// - S3 User Guide, "Virtual hosting of buckets" (documented); path style still answers in 2026 (argmin tests, recorded against AWS)
    "s3-dotted-bucket-tls": "the certificate of S3 does not cover a bucket name with dots", Cause, Exact, S3,
    supersedes: ["tls-hostname-mismatch"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let probe = case.failed_with(FailureKind::TlsHostnameMismatch)?;
    let bucket = case.target.bucket.as_deref().filter(|b| case.target.kind == "s3" && b.contains('.'))?;
    let host = case.ask.url.host_str().filter(|h| h.starts_with(&format!("{bucket}.")))?;
    let says = probe.failure.as_ref().map(|f| f.detail.clone()).unwrap_or_default();
    let mut text = format!(
        "The bucket name \"{bucket}\" contains a dot, and the certificate of S3 covers one label in front of its name only, so TLS fails for {host} before any CORS rule is read."
    );
    let finding = |text: String, confidence| Finding::new(text).cite(probe, says).confidence(confidence);
    let Some(url) = path_style(&without_signature(&case.ask.url)) else { return Some(finding(text, Confidence::Likely)) };
    let proof = case.preflight_step(Purpose::FixVerification, |ask| ask.url = url.clone());
    let there =
        case.follow_ups().find(|p| p.response.is_some() && url::Url::parse(&p.request.url).is_ok_and(|u| u.host_str() == url.host_str()));
    let confidence = if there.is_some() { Confidence::Confirmed } else { Confidence::Likely };
    if there.is_some() {
        text.push_str(&format!(" In path style, as {url}, S3 answers."));
    }
    let fix = Fix::new(
        "use-path-style",
        format!("use path style: {url}"),
        "Presigned links have to be signed so. For a new project choose a bucket name without dots.",
    )
    .snippet("javascript", "AWS SDK for JavaScript v3", "new S3Client({ region, forcePathStyle: true });")
    .snippet("python", "boto3", "boto3.client(\"s3\", config=Config(s3={\"addressing_style\": \"path\"}))");
    Some(finding(text, confidence).fix(fix.proven_by(proof)))
}
