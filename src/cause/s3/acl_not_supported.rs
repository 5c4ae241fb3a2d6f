//! An ACL header for a bucket without ACLs.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The upload carries `x-amz-acl` (or a grant header), and the bucket has ACLs switched off: "bucket owner enforced" is
    /// the default since April 2023.
    /// # Why the browser hides it
    /// Old upload code sends `public-read` silently. When no CORS rule matches, the 400 appears as a CORS error.
    /// # How to tell
    /// 400 `AccessControlListNotSupported`, "The bucket does not allow ACLs".
    /// # Fix
    /// Take the ACL out of the client and out of what is signed; make objects public by bucket policy where that is wanted.
    /// # Sources
    /// - localstack `test_s3.py` and its snapshots (recorded against AWS)
    /// - S3 User Guide, "Controlling ownership of objects and disabling ACLs" (documented)
    "s3-acl-not-supported": "the bucket does not accept ACLs", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["AccessControlListNotSupported"])?;
    let text = "The request sets an ACL, and the bucket has ACLs disabled (object ownership: bucket owner enforced).";
    let fix = Fix::new(
        "remove-acl",
        "remove x-amz-acl from the upload and from what is signed",
        "In an SDK leave the ACL parameter out. Where objects have to be public, say so in the bucket policy.",
    );
    Some(by_code(case, &refusal, text).fix(fix))
}
