//! A key that S3 does not know.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The request is signed with an access key that does not exist: deleted, from another partition (China, `GovCloud`),
    /// or a sample.
    /// # Why the browser hides it
    /// The preflight is not signed and passes. Without a matching CORS rule the 403 cannot be read.
    /// # How to tell
    /// 403 `InvalidAccessKeyId`: "The AWS Access Key Id you provided does not exist in our records."
    /// # Fix
    /// Sign with a current key of the bucket's own partition; temporary keys need their session token as well.
    /// # Sources
    /// - S3 API reference, "Error responses" (documented)
    "s3-invalid-access-key": "S3 does not know the access key of the signature", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["InvalidAccessKeyId"])?;
    let text = "The access key that signed the request does not exist for S3: it was deleted, belongs to another partition, or its \
         session token is missing.";
    let fix = Fix::new(
        "sign-with-valid-key",
        "sign with a key that exists",
        "Check which credentials the signing server really uses (`aws sts get-caller-identity`). Keys that begin with ASIA are temporary \
             and need X-Amz-Security-Token.",
    );
    Some(by_code(case, &refusal, text).fix(fix))
}
