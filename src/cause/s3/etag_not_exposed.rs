//! A multipart upload that cannot read `ETag`.

use super::common::rule::multipart;
use super::common::{answered, the_bucket};
use crate::cause::{Case, Confidence, Finding, Fix, Place, Severity};
use crate::evidence::{Probe, Response};
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// A multipart upload has to read the `ETag` of every part to complete, and the bucket's CORS rule does not expose it.
    /// # Why the browser hides it
    /// The requests succeed; `response.headers.get("etag")` is `null` all the same, and the upload fails later with an
    /// undefined `ETag`.
    /// # How to tell
    /// Access-Control-Expose-Headers does not list `ETag`. S3 exposes nothing by default.
    /// # Fix
    /// Add `ETag` to `ExposeHeaders` of the rule that matches.
    /// # Sources
    /// - S3 User Guide, "Elements of a CORS configuration" (documented)
    /// - github.com/versity/versitygw issue 1893: no default exposure, checked against AWS (reported)
    "s3-etag-not-exposed": "the page may not read the ETag that a multipart upload needs", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["missing-expose-header"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let wanted = case.ask.expose.iter().any(|name| name.eq_ignore_ascii_case("etag"));
    let part = multipart(&case.ask.url) && case.ask.sent_method() == "PUT";
    if !wanted && !part {
        return None;
    }
    let (probe, response) = silent_about_etag(case)?;
    let blocks = wanted && case.verdict.stage == Stage::Expose;
    if !blocks && !case.allowed() {
        return None;
    }
    let bucket = the_bucket(case, None);
    let text = format!(
        "The CORS rule of {bucket} that matches does not expose ETag: the page gets the answer, but cannot read the header that \
             completes a multipart upload."
    );
    let fix = Fix::new(
        "expose-etag",
        "add ETag to ExposeHeaders of the rule",
        "In the console's JSON: \"ExposeHeaders\": [\"ETag\"]; in XML: <ExposeHeader>ETag</ExposeHeader>.",
    )
    .snippet("json", "console", "\"ExposeHeaders\": [\"ETag\"]");
    let exposed = response.header("access-control-expose-headers").unwrap_or("absent");
    let finding = Finding::new(text).cite(probe, format!("Access-Control-Expose-Headers: {exposed}")).confidence(Confidence::Confirmed);
    let place = if blocks { Place::Lead } else { Place::Beside };
    Some(finding.severity(Severity::Warning).place(place).fix(fix))
}

/// The answer whose list counts: the actual one; while that was not sent, the preflight's, on which S3 repeats the list.
fn silent_about_etag<'a>(case: &Case<'a>) -> Option<(&'a Probe, &'a Response)> {
    let probe = case.browser_probes().last().filter(|p| answered(case, p))?;
    let response = probe.response.as_ref().filter(|r| r.is_ok())?;
    let list = response.combined("access-control-expose-headers").unwrap_or_default();
    let star = !case.ask.with_credentials() && list.split(',').any(|n| n.trim() == "*");
    let named = list.split(',').any(|n| n.trim().eq_ignore_ascii_case("etag"));
    (!named && !star).then_some((probe, response))
}
