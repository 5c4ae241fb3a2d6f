//! A write to a website endpoint.

use super::common::{Refusal, by_code, refused_actual, refused_preflight};
use crate::aws::s3::S3Location;
use crate::aws::s3::endpoint::{Endpoint, Form};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The request goes to the bucket's website endpoint (`BUCKET.s3-website…`), which serves pages: it knows GET and HEAD
    /// and nothing else.
    /// # Why the browser hides it
    /// The 405 is an HTML page without CORS headers, so the upload "has a CORS problem" while the rules are right.
    /// # How to tell
    /// The host contains `s3-website`; 405 with an HTML list of `Code: MethodNotAllowed`, and `x-amz-error-code`.
    /// # Fix
    /// Use the REST endpoint, `BUCKET.s3.REGION.amazonaws.com`, for everything that scripts do: it takes uploads, https and
    /// presigned links.
    /// # Sources
    /// - localstack `test_s3.py`, static website hosting: POST and DELETE give 405 (recorded against AWS)
    /// - S3 User Guide, "Website endpoints" (documented)
    "s3-website-method": "a website endpoint of S3 takes GET and HEAD only", Cause, Exact, S3,
    supersedes: ["s3-method-not-allowed", "preflight-not-handled", "http-error-readable", "actual-error-without-cors",
        "actual-response-missing-cors",
        "s3-cors-no-match", "s3-cors-not-configured", "s3-cors-origin-no-match", "s3-cors-method-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.target.endpoint.as_deref() != Some("website") {
        return None;
    }
    let refusal = refused_actual(case).or_else(|| refused_preflight(case)).filter(is_405)?;
    let text = format!(
        "{} is a website endpoint: it serves pages to GET and HEAD, answers {} with 405, and knows neither https nor presigned links.",
        case.ask.url.host_str().unwrap_or_default(),
        case.ask.sent_method()
    );
    let rest = rest_host(case);
    let fix = Fix::new(
        "use-rest-endpoint",
        format!("use {rest} instead"),
        "The REST endpoint of the same bucket takes every method, over https, by the bucket's CORS rules.",
    );
    Some(by_code(case, &refusal, &text).fix(fix))
}

fn is_405(refusal: &Refusal<'_>) -> bool {
    refusal.response.status == 405
}

/// The name of the same bucket that scripts should use.
fn rest_host(case: &Case<'_>) -> String {
    let at = S3Location::parse(&case.ask.url);
    let bucket = at.as_ref().and_then(|a| a.bucket.clone());
    Endpoint::new(Form::Regional, at.as_ref().and_then(S3Location::region)).host(bucket.as_deref())
}
