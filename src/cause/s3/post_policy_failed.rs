//! A form upload that its policy does not allow.

use super::common::signed::{foreseen_place, unjudged, would_be_refused};
use super::common::{by_code, coded};
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// A browser form upload (POST with a policy) breaks its own policy: it has expired, a condition does not hold, a field
    /// is not named by any condition, or a field is missing.
    /// # Why the browser hides it
    /// A multipart POST needs no preflight. When no CORS rule matches, the 403 cannot be read and the console speaks of
    /// CORS.
    /// # How to tell
    /// 403 `AccessDenied`, "Invalid according to Policy: …", with what failed; 400 `InvalidPolicyDocument`, or
    /// `InvalidArgument`, "Bucket POST must contain a field named '…'". Whycors also compares the fields of a form that it is
    /// given (a copied request, or the JSON of `generate_presigned_post`) with the policy before anything is sent.
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
    refused(case).or_else(|| foreseen(case))
}

/// What the fields and the policy show before anything is sent.
fn foreseen(case: &Case<'_>) -> Option<Finding> {
    let problems = &unjudged(case)?.form.as_ref()?.problems;
    if problems.is_empty() {
        return None;
    }
    let text = format!("The form does not agree with its policy: {}.{}", problems.join("; "), would_be_refused(case));
    let mut advices: Vec<&str> = problems.iter().map(|problem| advice(problem).1).collect();
    advices.dedup();
    let finding = problems.iter().fold(Finding::new(text), super::super::finding::Finding::cite_ask);
    let finding = finding.confidence(Confidence::Likely).severity(Severity::Error).place(foreseen_place(case));
    Some(finding.fix(Fix::new("fix-post-policy", "make the form and its policy agree", advices.join(" "))))
}

fn refused(case: &Case<'_>) -> Option<Finding> {
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
    } else if message.contains("Extra input fields") || message.contains("stands in no condition") {
        (
            "the form sends a field that no condition names",
            "Add a condition for the field (`[\"starts-with\", \"$Content-Type\", \"\"]`), or drop the field.",
        )
    } else if message.contains("must contain a field") || message.contains("no such field") || message.contains("no field named") {
        ("a field is missing", "Send every field that the policy was made with, and `file` as the last one.")
    } else if message.contains("Condition failed") || message.contains("the policy wants") || message.contains("the policy is for") {
        ("one of its conditions does not hold", "Compare the field with the condition: key prefix, content type, ACL, bucket.")
    } else if message.contains("after the file") {
        ("fields come after the file", "Append `file` last: S3 stops reading there.")
    } else {
        ("it cannot be read", "Encode the JSON policy as base64 without line breaks, and sign exactly that text.")
    }
}
