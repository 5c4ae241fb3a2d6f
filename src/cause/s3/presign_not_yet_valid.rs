//! A presigned link of the future.

use super::common::signed::{foreseen_place, span, unjudged, would_be_refused};
use super::common::{by_code, coded};
use crate::aws::s3::presign::State;
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

/// What S3 forgives a clock. Source: S3 API reference, `RequestTimeTooSkewed`.
const FORGIVEN: i64 = 900;

cause! {
    /// # What happened
    /// The presigned link says that it was signed in the future: the clock of the machine that signs is ahead, or a local
    /// time was written as UTC.
    /// # Why the browser hides it
    /// The preflight passes, since it is judged without the signature.
    /// # How to tell
    /// `X-Amz-Date` lies in the future; 403 `AccessDenied`, "Request is not yet valid".
    /// # Fix
    /// Set the clock of the machine that signs; `X-Amz-Date` is UTC.
    /// # Sources
    /// - argmin `presigned.rs` (recorded against AWS)
    "s3-presign-not-yet-valid": "the presigned link is not valid yet", Cause, Specific, S3,
    supersedes: ["s3-access-denied", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fix = Fix::new("set-the-clock", "set the clock of the machine that signs", "Check its time zone as well: X-Amz-Date is UTC.");
    if let Some(refusal) = coded(case, &["AccessDenied"]).filter(|r| r.says("not yet valid")) {
        return Some(
            by_code(case, &refusal, "S3 says that the presigned link is not yet valid: it was signed with a clock that is ahead.").fix(fix),
        );
    }
    // The policy of a form says when it ends, not when it begins.
    let signed = unjudged(case).filter(|signed| signed.form.is_none())?;
    let State::NotYetValid(ahead) = signed.state(case.now) else { return None };
    if ahead <= FORGIVEN {
        return None;
    }
    let date = signed.date.as_deref().unwrap_or_default();
    let text = format!("The presigned link is dated {date}, {} ahead of now: it is not valid yet.{}", span(ahead), would_be_refused(case));
    let finding = Finding::new(text).cite_ask(format!("X-Amz-Date={date}")).confidence(Confidence::Likely);
    Some(finding.severity(Severity::Error).place(foreseen_place(case)).fix(fix))
}
