//! A version 2 signature where only version 4 is accepted.

use super::common::signed::{foreseen_place, unjudged, would_be_refused};
use super::common::{by_code, coded};
use crate::aws::region;
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// The link is signed with signature version 2, and the bucket's region accepts version 4 only: every region opened
    /// after January 2014.
    /// # Why the browser hides it
    /// The preflight passes without a look at the signature, and the same code works for buckets in older regions.
    /// # How to tell
    /// The query has `AWSAccessKeyId`, `Expires` and `Signature` instead of `X-Amz-…`; 400 `InvalidRequest`: "The
    /// authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
    /// # Fix
    /// Sign with version 4: a current SDK with the bucket's region does.
    /// # Sources
    /// - S3 User Guide, "AWS Signature Version 2 deprecation" (documented); the message is as many users paste it
    ///   (reported)
    "s3-presign-v2": "the region accepts signature version 4 only", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fix = Fix::new(
        "presign-with-v4",
        "sign with signature version 4 (AWS4-HMAC-SHA256)",
        "Use a current SDK, and tell it the bucket's region.",
    )
    .snippet("python", "boto3", "boto3.client(\"s3\", region_name=REGION, config=Config(signature_version=\"s3v4\"))");
    if let Some(refusal) = coded(case, &["InvalidRequest"]).filter(|r| r.says("AWS4-HMAC-SHA256")) {
        let text = "The request is signed with signature version 2, and this region accepts version 4 (AWS4-HMAC-SHA256) only.";
        return Some(by_code(case, &refusal, text).fix(fix));
    }
    unjudged(case).filter(|signed| signed.version == "v2")?;
    let region = case.target.region.as_deref().and_then(region::find).filter(|r| !r.takes_sigv2())?;
    let text = format!(
        "The link is signed with signature version 2, and {} accepts version 4 (AWS4-HMAC-SHA256) only.{}",
        region.name,
        would_be_refused(case)
    );
    let finding = Finding::new(text).cite_ask("the query has AWSAccessKeyId, Expires and Signature").confidence(Confidence::Likely);
    Some(finding.severity(Severity::Error).place(foreseen_place(case)).fix(fix))
}
