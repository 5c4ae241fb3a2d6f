//! An object under a lock.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The request deletes or changes an object version that is protected by S3 Object Lock (a retention period or a legal
    /// hold).
    /// # Why the browser hides it
    /// It is a plain 403 `AccessDenied`, easily taken for missing permissions or, without CORS headers, for CORS.
    /// # How to tell
    /// The message: "Access Denied because object protected by object lock."
    /// # Fix
    /// Write a new version instead, or wait until the retention ends. In governance mode a caller with
    /// `s3:BypassGovernanceRetention` may override it; in compliance mode nobody may.
    /// # Sources
    /// - S3 User Guide, "Locking objects with Object Lock" (documented)
    "s3-object-lock": "the object is protected by S3 Object Lock", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["AccessDenied"]).filter(|r| r.says("object lock"))?;
    let text = "The object version is under S3 Object Lock: nobody may delete or change it before its retention ends.";
    let fix = Fix::new(
        "respect-object-lock",
        "write a new version or wait for the end of the retention",
        "`aws s3api get-object-retention` and `get-object-legal-hold` tell how long it lasts.",
    );
    Some(by_code(case, &refusal, text).fix(fix))
}
