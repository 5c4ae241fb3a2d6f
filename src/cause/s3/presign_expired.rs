//! A presigned link that is over.

use super::common::signed::{foreseen_place, span, unjudged, would_be_refused};
use super::common::{by_code, coded};
use crate::aws::s3::presign::State;
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// The presigned link has expired: its own lifetime is over.
    /// # Why the browser hides it
    /// A preflight is answered without looking at the signature, so it passes with any expired link. The 403 of the request
    /// itself can be read when a CORS rule matches; when none does, the console speaks of CORS.
    /// # How to tell
    /// `X-Amz-Date` plus `X-Amz-Expires` (or `Expires` of version 2) lies in the past; 403 `AccessDenied`, "Request has
    /// expired", with `<Expires>` and `<ServerTime>`.
    /// # Fix
    /// Ask for a new link right before it is used, and give it a lifetime that covers the upload's start. Do not cache
    /// links in pages.
    /// # Sources
    /// - localstack `test_s3.py`, presigned URLs, and its snapshots (recorded against AWS)
    "s3-presign-expired": "the presigned link has expired", Cause, Specific, S3,
    supersedes: ["s3-access-denied", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fix = Fix::new(
        "presign-again",
        "get a fresh link right before the request",
        "Make the link when the user starts the upload, not when the page loads; version 4 allows at most seven days.",
    );
    if let Some(refusal) = coded(case, &["AccessDenied", "ExpiredRequest"]).filter(|r| r.says("Request has expired")) {
        let times = match (refusal.error.get("Expires"), refusal.error.get("ServerTime")) {
            (Some(end), Some(server)) => format!(" on {end}; the server's time was {server}"),
            _ => String::new(),
        };
        return Some(by_code(case, &refusal, &format!("The presigned link expired{times}.")).fix(fix));
    }
    let signed = unjudged(case)?;
    let State::Expired(ago) = signed.state(case.now) else { return None };
    let end = signed.expires.as_deref().unwrap_or_default();
    let what = if signed.form.is_some() { "policy of the form" } else { "presigned link" };
    let text = format!("The {what} expired {} ago, on {end}.{}", span(ago), would_be_refused(case));
    let finding = Finding::new(text).cite_ask(format!("the signature was good until {end}")).confidence(Confidence::Likely);
    Some(finding.severity(Severity::Error).place(foreseen_place(case)).fix(fix))
}
