//! A presigned link that is not well formed.

use super::common::signed::{foreseen_place, lacks_parameter, unjudged, would_be_refused};
use super::common::{by_code, coded};
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// The query of the link is not a complete signature: a parameter is missing, empty or unreadable, the lifetime is over
    /// seven days or not positive.
    /// # Why the browser hides it
    /// The preflight passes with any query.
    /// # How to tell
    /// 400 `AuthorizationQueryParametersError`, which names the parameter. Often the link was cut at an `&`, decoded twice,
    /// or built by hand.
    /// # Fix
    /// Take the link from the SDK as it is, and keep it whole through templates, shells and e-mail. At most 604800 seconds
    /// (7 days) are allowed.
    /// # Sources
    /// - localstack `test_s3.py`, argmin `presigned.rs` (recorded against AWS)
    "s3-presign-invalid-params": "the presigned link is not well formed", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

/// Faults of a URL that make S3 refuse it whatever else holds.
const FATAL: [&str; 6] =
    ["missing-parameter", "unreadable-parameter", "placeholder", "lifetime-too-long", "lifetime-not-positive", "scope-date-differs"];

fn find(case: &Case<'_>) -> Option<Finding> {
    let fix = Fix::new(
        "presign-again",
        "let an SDK make the link, and keep it whole",
        "Do not add, decode or re-encode parameters; X-Amz-Expires is at most 604800 (7 days).",
    );
    if let Some(refusal) = coded(case, &["AuthorizationQueryParametersError"]) {
        if refusal.says("the region '") {
            return None;
        }
        return Some(by_code(case, &refusal, &format!("S3 cannot use the link's signature: {}", refusal.error.message)).fix(fix));
    }
    if let Some(refusal) = coded(case, &["AccessDenied"]).filter(|_| lacks_parameter(case)) {
        let text = "The link's signature (version 2) lacks one of its parameters, AWSAccessKeyId, Expires and Signature: S3 denies access.";
        return Some(by_code(case, &refusal, text).fix(fix));
    }
    let problems = unjudged(case)?.problems(None);
    let fatal: Vec<&str> = problems.iter().filter(|p| FATAL.contains(&p.code)).map(|p| p.message.as_str()).collect();
    if fatal.is_empty() {
        return None;
    }
    let what = if case.ask.form.is_some() { "form" } else { "link" };
    let text = format!("The presigned {what} is not well formed: {}.{}", fatal.join("; "), would_be_refused(case));
    let finding = fatal.iter().fold(Finding::new(text), |finding, what| finding.cite_ask(*what));
    Some(finding.confidence(Confidence::Likely).severity(Severity::Error).place(foreseen_place(case)).fix(fix))
}
