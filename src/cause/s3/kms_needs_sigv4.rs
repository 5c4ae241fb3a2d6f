//! A KMS object asked for without signature version 4.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The object is encrypted with a KMS key, and the request is anonymous or signed with signature version 2.
    /// # Why the browser hides it
    /// "Public" objects of such a bucket fail although the policy allows everyone; without a matching CORS rule the 400
    /// reads as CORS.
    /// # How to tell
    /// 400 `InvalidArgument`: "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature
    /// Version 4."
    /// # Fix
    /// Sign with version 4 (a presigned link by a current SDK), or encrypt public objects with S3-managed keys.
    /// # Sources
    /// - S3 User Guide, "Using server-side encryption with AWS KMS keys" (documented); the message is as users paste it
    ///   (reported)
    "s3-kms-needs-sigv4": "an object encrypted with KMS needs a request signed with version 4", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["InvalidArgument"]).filter(|r| r.says("AWS KMS managed keys require"))?;
    let text = "The object is encrypted with a KMS key. S3 hands such objects out only to requests signed with version 4, never to \
         anonymous ones.";
    let fix = Fix::new(
        "presign-with-v4",
        "presign the link with signature version 4",
        "Or encrypt objects that everyone may read with S3-managed keys (SSE-S3).",
    );
    Some(by_code(case, &refusal, text).fix(fix.snippet(
        "python",
        "boto3",
        "boto3.client(\"s3\", config=Config(signature_version=\"s3v4\"))",
    )))
}
