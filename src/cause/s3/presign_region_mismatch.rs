//! A signature for another region.

use super::common::region::{astray, discovered};
use super::common::rule::sdk_region;
use super::common::signed::{foreseen_place, unjudged, would_be_refused};
use super::common::{Refusal, by_code, coded};
use crate::cause::{Case, Confidence, Finding, Severity};

cause! {
    /// # What happened
    /// The signature is made for one region and the bucket (or the host) is in another. Signature version 4 contains the
    /// region.
    /// # Why the browser hides it
    /// The preflight is judged without the signature. On the region-less host the wrong region shows nowhere but in
    /// `X-Amz-Credential`.
    /// # How to tell
    /// The region in `X-Amz-Credential` differs from the host's; 400 `AuthorizationQueryParametersError` or
    /// `AuthorizationHeaderMalformed`: "the region 'A' is wrong; expecting 'B'".
    /// # Fix
    /// Create the client that signs with the bucket's region.
    /// # Sources
    /// - argmin `presigned.rs`, localstack `test_s3.py`: query form and header form (recorded against AWS)
    "s3-presign-region-mismatch": "the request is signed for another region than the bucket's", Cause, Specific, S3,
    supersedes: ["s3-presign-invalid-params", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if let Some(refusal) = coded(case, &["AuthorizationQueryParametersError", "AuthorizationHeaderMalformed"]) {
        let (wrong, right) = regions(&refusal)?;
        let text = format!("The request is signed for {wrong}, and the bucket is in {right}.");
        return Some(by_code(case, &refusal, &text).fix(sdk_region(case, &right)));
    }
    let scope = unjudged(case)?.scope.as_ref().filter(|s| !s.region.is_empty())?;
    let (actual, whose) = match (discovered(case).or_else(|| astray(case)?.region), case.target.region.as_deref()) {
        (Some(bucket), _) => (bucket, "the bucket is in"),
        (None, Some(host)) => (host.to_owned(), "the host is in"),
        (None, None) => return None,
    };
    if actual == scope.region || !crate::aws::region::is_region(&actual) {
        return None;
    }
    let what = if case.ask.form.is_some() { "form" } else { "link" };
    let text = format!("The {what} is signed for {}, but {whose} {actual}.{}", scope.region, would_be_refused(case));
    let cited = format!("the scope of X-Amz-Credential is {}/{}/{}", scope.date, scope.region, scope.service);
    let finding = Finding::new(text).cite_ask(cited).confidence(Confidence::Likely).severity(Severity::Error);
    Some(finding.place(foreseen_place(case)).fix(sdk_region(case, &actual)))
}

/// The two regions of "the region 'A' is wrong; expecting 'B'".
fn regions(refusal: &Refusal<'_>) -> Option<(String, String)> {
    let (_, rest) = refusal.error.message.split_once("the region '")?;
    let (wrong, rest) = rest.split_once('\'')?;
    let told = rest.split_once("expecting '").and_then(|(_, r)| r.split_once('\'')).map(|(right, _)| right);
    let right = told.or_else(|| refusal.error.get("Region"))?;
    Some((wrong.to_owned(), right.to_owned()))
}
