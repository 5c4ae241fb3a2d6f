//! A form upload outside the size that its policy allows.

use super::common::signed::{foreseen_place, unjudged, would_be_refused};
use super::common::{by_code, coded};
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// The policy of a browser form upload has a `content-length-range`, and the file is larger or smaller.
    /// # Why the browser hides it
    /// A multipart POST needs no preflight; without a matching CORS rule the 400 cannot be read, and large files "have a
    /// CORS problem".
    /// # How to tell
    /// 400 `EntityTooLarge` (`<ProposedSize>`, `<MaxSizeAllowed>`) or `EntityTooSmall` (`<MinSizeAllowed>`).
    /// # Fix
    /// Widen the range where the policy is made, or check the size in the page before the upload.
    /// # Sources
    /// - localstack `test_s3.py`, presigned POST, and its snapshots (recorded against AWS)
    "s3-post-size": "the file is outside the size that the form's policy allows", Cause, Specific, S3,
    supersedes: ["payload-too-large", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    refused(case).or_else(|| foreseen(case))
}

/// The size of the body and the policy, where both are known. The body is the file and at most 20 KB of fields.
fn foreseen(case: &Case<'_>) -> Option<Finding> {
    const FIELDS: u64 = 20 * 1024;
    let (low, high) = unjudged(case)?.form.as_ref()?.policy.as_ref()?.content_length?;
    let bytes = case.ask.body_bytes?;
    let bound = match bytes {
        _ if bytes < low => format!("at least {low}"),
        _ if bytes.saturating_sub(FIELDS) > high => format!("at most {high}"),
        _ => return None,
    };
    let text =
        format!("The body has {bytes} bytes, and the content-length-range of the form's policy allows {bound}.{}", would_be_refused(case));
    let finding = Finding::new(text).cite_ask(format!("content-length-range {low} to {high}")).confidence(Confidence::Likely);
    Some(finding.severity(Severity::Error).place(foreseen_place(case)).fix(widen()))
}

fn widen() -> Fix {
    Fix::new(
        "fix-content-length-range",
        "widen content-length-range in the policy",
        "Or check the size in the page before the upload starts.",
    )
}

fn refused(case: &Case<'_>) -> Option<Finding> {
    let refusal =
        coded(case, &["EntityTooLarge", "EntityTooSmall"]).filter(|r| case.ask.sent_method() == "POST" || r.is("EntityTooSmall"))?;
    let number = |name: &str| refusal.error.get(name).unwrap_or("unknown").to_owned();
    let bound = if refusal.is("EntityTooSmall") {
        format!("at least {}", number("MinSizeAllowed"))
    } else {
        format!("at most {}", number("MaxSizeAllowed"))
    };
    let text = format!("The upload has {} bytes, and the content-length-range of its policy allows {bound}.", number("ProposedSize"));
    Some(by_code(case, &refusal, &text).fix(widen()))
}
