//! A body over the limit of a single PUT.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// One PUT may hold 5 GB; the body is larger.
    /// # Why the browser hides it
    /// S3 may answer while the body is still being sent, and the page sees an aborted upload or a network error.
    /// # How to tell
    /// 400 `EntityTooLarge`, with `<ProposedSize>` and `<MaxSizeAllowed>`.
    /// # Fix
    /// Upload in parts. That needs POST and PUT in `AllowedMethods`, and `ETag` in `ExposeHeaders`.
    /// # Sources
    /// - S3 API reference, "Error responses"; S3 User Guide, "Uploading objects" (documented)
    "s3-entity-too-large": "the body is larger than S3 takes in one request", Cause, Specific, S3,
    supersedes: ["payload-too-large", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["EntityTooLarge", "MaxMessageLengthExceeded"]).filter(|_| case.ask.sent_method() != "POST")?;
    let sizes = match (refusal.error.get("ProposedSize"), refusal.error.get("MaxSizeAllowed")) {
        (Some(size), Some(most)) => format!(" ({size} bytes, {most} allowed)"),
        _ => String::new(),
    };
    let fix = Fix::new(
        "multipart-upload",
        "upload in parts",
        "The SDKs do it by themselves (`lib-storage` in JavaScript); the bucket's CORS rules then need POST, PUT and DELETE, and ETag in \
             ExposeHeaders.",
    );
    Some(by_code(case, &refusal, &format!("The body is larger than S3 takes in a single request{sizes}.")).fix(fix))
}
