//! A bucket without CORS rules.

use super::common::rule::add_rule;
use super::common::trial::Question;
use super::common::{bucket, cors, is_access_point, the_bucket};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The bucket has no CORS configuration at all, so S3 refuses every preflight and adds CORS headers to no answer.
    /// # Why the browser hides it
    /// The console only says that the response has no Access-Control-Allow-Origin; the sentence of S3 stands in a body that
    /// pages may not read. A GET without a preflight looks the same as one whose rules do not match.
    /// # How to tell
    /// OPTIONS answers 403 `AccessForbidden`: `CORSResponse: CORS is not enabled for this bucket.` A file of rules uploaded
    /// as an object changes nothing, nor do bucket policy, ACL or public access.
    /// # Fix
    /// Set the bucket's CORS configuration (Permissions, Cross-origin resource sharing), with the page's origin in
    /// `AllowedOrigins`, the method in `AllowedMethods` and the headers in `AllowedHeaders`. It shows after some seconds.
    /// # Sources
    /// - localstack `test_s3_cors.py` and its snapshots (recorded against AWS)
    /// - S3 User Guide, "Troubleshooting CORS" (documented; it prints the prefix with a space)
    "s3-cors-not-configured": "the bucket has no CORS configuration", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "actual-response-missing-cors", "actual-error-without-cors",
        "s3-cors-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = cors::refusal(case).filter(|r| r.says("CORS is not enabled"))?;
    let bucket_name = the_bucket(case, Some(refusal.error));
    let finding = Finding::new(format!(
        "S3 says that CORS is not enabled: {bucket_name} has no CORS configuration, so no page of any origin may call it with script. \
         Bucket policy, ACL and public access do not matter here.{}",
        cors::hidden_error(case)
    ));
    let mut fix =
        add_rule(case, &Question::of(case), format!("give {bucket_name} a CORS configuration with a rule for {}", case.ask.origin));
    if case.evidence.cors_config.is_none() && !is_access_point(case) {
        fix.detail = DETAIL.into();
    }
    let finding = finding.cite(refusal.probe, refusal.quote()).confidence(Confidence::Confirmed);
    Some(if bucket(case, Some(refusal.error)).is_none() { finding.fix(owner_first()).fix(fix) } else { finding.fix(fix) })
}

const DETAIL: &str = "There are no rules yet, so this is the whole configuration: in the S3 console under Permissions, Cross-origin \
    resource sharing (CORS), Edit. It shows after some seconds.";

/// Behind a CDN or a hosting service the bucket may not be the reader's to configure.
fn owner_first() -> Fix {
    let detail = "The answer does not name the bucket. Where a hosting service owns it, its CORS rules cannot be set: call the page's \
         own origin through a rewrite instead, or send a request that needs no preflight.";
    Fix::new("find-the-bucket", "find out which bucket is behind this host", detail)
}
