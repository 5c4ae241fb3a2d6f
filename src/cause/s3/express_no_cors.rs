//! A directory bucket.

use crate::cause::{Case, Confidence, Finding, Fix};
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// The bucket is a directory bucket (S3 Express One Zone; the name ends in `--x-s3`). Directory buckets have no CORS
    /// configuration, so no page of another origin can use them.
    /// # Why the browser hides it
    /// The console speaks of a missing Access-Control-Allow-Origin and suggests to set a header that cannot be set.
    /// # How to tell
    /// The host is `BUCKET.s3express-ZONE.REGION.amazonaws.com`. `PutBucketCors` is not among the operations of directory
    /// buckets.
    /// # Fix
    /// Let the page talk to a server of yours, or put what browsers need into a general purpose bucket.
    /// # Sources
    /// - S3 User Guide, "Differences for directory buckets"; API reference, `PutBucketCors`: general purpose buckets only
    ///   (documented)
    "s3-express-no-cors": "directory buckets of S3 have no CORS", Cause, Exact, S3,
    supersedes: ["preflight-forbidden", "preflight-not-handled", "preflight-bad-status", "missing-allow-origin",
        "actual-response-missing-cors",
        "actual-error-without-cors", "s3-cors-not-configured", "s3-cors-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let endpoint = case.target.endpoint.as_deref().filter(|e| e.contains("express"))?;
    if !matches!(case.verdict.stage, Stage::Preflight | Stage::Actual) {
        return None;
    }
    let (probe, response) = case.failed_preflight().or_else(|| case.failed_actual())?;
    let bucket = case.target.bucket.as_deref().unwrap_or_default();
    let text = format!(
        "\"{bucket}\" is a directory bucket (S3 Express One Zone): these have no CORS configuration, so pages of another origin cannot \
             call them."
    );
    let fix = Fix::new(
        "use-general-purpose-bucket",
        "use a general purpose bucket or a server in between",
        "An API or CloudFront in front can add the CORS headers that the bucket cannot.",
    );
    let finding =
        Finding::new(text).cite(probe, super::common::cors::quoted(case, probe, response)).cite_ask(format!("endpoint form: {endpoint}"));
    Some(finding.confidence(Confidence::Confirmed).fix(fix))
}
