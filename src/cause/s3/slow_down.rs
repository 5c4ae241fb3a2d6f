//! Too many requests.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// More requests arrive for a key prefix than S3 has scaled to, or S3 is short of capacity for a moment.
    /// # Why the browser hides it
    /// A 503 need not carry CORS headers, so a few of many parallel requests fail with a CORS error and pass when repeated.
    /// # How to tell
    /// 503 `SlowDown` ("Please reduce your request rate.") or `ServiceUnavailable`.
    /// # Fix
    /// Retry with growing pauses, send less in parallel, spread keys over prefixes.
    /// # Sources
    /// - S3 API reference, "Error responses"; S3 User Guide, "Best practices design patterns" (documented)
    "s3-slow-down": "S3 asks for a lower request rate", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["SlowDown", "ServiceUnavailable", "RequestLimitExceeded", "503 SlowDown"])?;
    let text =
        "S3 turned the request away because of the rate, not because of what it asks: answers of this kind need not carry CORS headers.";
    let fix = Fix::new(
        "retry-with-backoff",
        "retry with growing pauses",
        "The SDKs do it; with plain fetch wait 1, 2, 4 … seconds with some randomness, and send fewer requests at once.",
    );
    Some(by_code(case, &refusal, text).fix(fix))
}
