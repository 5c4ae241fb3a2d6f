//! Headers that the signature does not know.

use super::common::signed::{foreseen_place, unjudged, would_be_refused};
use super::common::{by_code, coded, listed};
use crate::cause::{Case, Confidence, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// The page sends an `x-amz-*` header that is not among the signed ones. S3 refuses such requests.
    /// # Why the browser hides it
    /// The preflight passes when the CORS rule allows the header; whether it was signed is looked at only afterwards.
    /// # How to tell
    /// 403 `AccessDenied`, "There were headers present in the request which were not signed", with the names in
    /// `<HeadersNotSigned>`; or compare the headers with `X-Amz-SignedHeaders`.
    /// # Fix
    /// Give the header to the signer as well, or do not send it. Other headers, such as `Content-Type`, need not be signed.
    /// # Sources
    /// - localstack `test_s3.py`, argmin `presigned.rs` (recorded against AWS)
    "s3-presign-unsigned-headers": "the page sends x-amz headers that the link was not signed for", Cause, Specific, S3,
    supersedes: ["s3-access-denied", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if let Some(refusal) = coded(case, &["AccessDenied"]).filter(|r| r.says("were not signed")) {
        let names = refusal.error.get("HeadersNotSigned").unwrap_or("some x-amz headers").to_owned();
        return Some(by_code(case, &refusal, &format!("The page sends {names}, and the link was not signed for it.")).fix(fix(&names)));
    }
    let signed = unjudged(case).filter(|s| s.version == "v4" && !s.signed_headers.is_empty())?;
    let unsigned = signed.unsigned_amz_headers(&case.ask.headers);
    if unsigned.is_empty() {
        return None;
    }
    let names = listed(&unsigned);
    let text =
        format!("The page sends {names}, and X-Amz-SignedHeaders lists only {}.{}", listed(&signed.signed_headers), would_be_refused(case));
    let finding =
        Finding::new(text).cite_ask(format!("X-Amz-SignedHeaders={}", signed.signed_headers.join(";"))).confidence(Confidence::Likely);
    Some(finding.severity(Severity::Error).place(foreseen_place(case)).fix(fix(&names)))
}

fn fix(names: &str) -> Fix {
    let detail = "In the SDK give it as a parameter of the command that is presigned (ACL, Metadata …), and send the same value; or \
         leave it out of the request.";
    Fix::new("sign-what-is-sent", format!("sign {names} as well, or do not send it"), detail)
}
