//! The Origin header did not reach S3.

use super::common::cors;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// S3 received an OPTIONS without `Origin`. A browser always sends one on a preflight, so something in between took it
    /// away: a CDN that does not forward it, a reverse proxy, a gateway.
    /// # Why the browser hides it
    /// The developer tools show the `Origin` header as sent. The 400 has no CORS headers.
    /// # How to tell
    /// 400 `BadRequest`: "Insufficient information. Origin request header needed." The same preflight sent to the bucket
    /// directly is judged.
    /// # Fix
    /// Forward Origin, Access-Control-Request-Method and Access-Control-Request-Headers to the bucket. On CloudFront that
    /// is the managed origin request policy CORS-S3Origin (or the header list of an older behaviour).
    /// # Sources
    /// - localstack `test_s3_cors.py` (recorded against AWS)
    /// - Amazon CloudFront Developer Guide, "Configure CloudFront to respect CORS settings" (documented)
    "s3-origin-stripped": "something in between took the Origin header away before S3", Cause, Specific, S3,
    supersedes: ["preflight-bad-status"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = cors::refusal(case).filter(|r| r.says("Origin request header needed"))?;
    let who = case.answerer_of(refusal.probe).through.first().map_or("a proxy or gateway in between", |layer| layer.title());
    let text = format!(
        "S3 got the preflight without its Origin header, which every browser sends: {who} did not forward it, so no CORS rule was looked \
             at."
    );
    let fix = Fix::new(
        "forward-origin",
        "forward Origin and the two Access-Control-Request headers to the bucket",
        "On CloudFront attach the origin request policy CORS-S3Origin to the behaviour; in a proxy stop removing these headers.",
    );
    Some(Finding::new(text).cite(refusal.probe, refusal.quote()).confidence(Confidence::Confirmed).fix(fix))
}
