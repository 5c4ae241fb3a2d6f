//! A form upload that its policy does not allow.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// A browser form upload (POST with a policy) breaks its own policy: it has expired, a condition does not hold, a field
    /// is not named by any condition, or a field is missing.
    /// # Why the browser hides it
    /// A multipart POST needs no preflight. When no CORS rule matches, the 403 cannot be read and the console speaks of
    /// CORS.
    /// # How to tell
    /// 403 `AccessDenied`, "Invalid according to Policy: …", with what failed; 400 `InvalidPolicyDocument`, or
    /// `InvalidArgument`, "Bucket POST must contain a field named '…'".
    /// # Fix
    /// Make form and policy agree: every field except `file`, `policy`, the signature and `x-ignore-*` needs a condition,
    /// `file` comes last, and the policy has to live long enough.
    /// # Sources
    /// - localstack `test_s3.py`, presigned POST, and its snapshots (recorded against AWS)
    /// - S3 API reference, "Creating a POST policy" (documented)
    "s3-post-policy-failed": "the form upload does not agree with its policy", Cause, Specific, S3,
    supersedes: ["s3-access-denied", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["AccessDenied", "InvalidPolicyDocument", "InvalidArgument"])?;
    let policy = refusal.is("InvalidPolicyDocument")
        || refusal.says("Invalid according to Policy")
        || refusal.says("Bucket POST must contain a field");
    if !policy {
        return None;
    }
    let (what, advice) = advice(&refusal.error.message);
    let text = format!("The form upload does not agree with its policy: {what}. S3 says: {}", refusal.error.message);
    Some(by_code(case, &refusal, &text).fix(Fix::new("fix-post-policy", "make the form and its policy agree", advice)))
}

fn advice(message: &str) -> (&'static str, &'static str) {
    if message.contains("expired") {
        ("the policy has expired", "Ask for a new policy right before the upload, and give it a longer life.")
    } else if message.contains("Extra input fields") {
        (
            "the form sends a field that no condition names",
            "Add a condition for the field (`[\"starts-with\", \"$Content-Type\", \"\"]`), or drop the field.",
        )
    } else if message.contains("must contain a field") {
        ("a field is missing", "Send every field that the policy was made with, and `file` as the last one.")
    } else if message.contains("Condition failed") {
        (
            "one of its conditions does not hold",
            "Compare the field with the condition that S3 names: key prefix, content type, ACL, bucket.",
        )
    } else {
        ("it cannot be read", "Encode the JSON policy as base64 without line breaks, and sign exactly that text.")
    }
}
