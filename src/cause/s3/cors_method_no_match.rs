//! The page's origin has rules, but none with the method.

use super::common::attribution::Attribution;
use super::common::rule::add_rule;
use super::common::{cors, listed, the_bucket};
use crate::cause::{Case, Finding};

cause! {
    /// # What happened
    /// A CORS rule of the bucket matches the page's origin, but no such rule lists the method.
    /// # Why the browser hides it
    /// S3 refuses the whole preflight, so the console speaks of a missing Access-Control-Allow-Origin and points at the
    /// origin, not of the method. Multipart uploads begin with a POST and end with one: small files pass with PUT, large
    /// ones fail.
    /// # How to tell
    /// From the same origin and without request headers, other methods pass and this one does not.
    /// # Fix
    /// Add the method to `AllowedMethods` of the rule that has the origin. S3 knows GET, PUT, POST, DELETE and HEAD;
    /// OPTIONS cannot be listed and need not be.
    /// # Sources
    /// - localstack `test_s3_cors.py`, ceph/s3-tests `test_cors_*` (recorded against AWS; modelled on it)
    "s3-cors-method-no-match": "no CORS rule for the page's origin allows the method", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "actual-response-missing-cors", "actual-error-without-cors",
        "s3-cors-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let reading = cors::reading(case)?;
    let Attribution::Method { passing } = &reading.attribution else { return None };
    let own = &reading.own;
    let bucket = the_bucket(case, Some(reading.refusal.error));
    let upload = if case.ask.url.query_pairs().any(|(name, _)| name == "uploads" || name == "uploadId") {
        " This request belongs to a multipart upload, which needs POST besides PUT."
    } else {
        ""
    };
    let text = format!(
        "The CORS rules of {bucket} let {} pass from {}, but not {}: no AllowedMethods (AllowedMethod in XML) of a rule for this origin \
         lists it.{upload}",
        listed(passing),
        own.origin,
        own.method,
    );
    let headers =
        if own.headers.is_empty() { String::new() } else { format!(", and see that its AllowedHeaders cover {}", listed(&own.headers)) };
    let fix = add_rule(case, own, format!("add {} to AllowedMethods of the rule for {}{headers}", own.method, own.origin));
    let finding = reading.finding(case, text).fix(fix);
    Some(finding.rule_out("s3-cors-origin-no-match", format!("from the same origin {} passes", listed(passing))))
}
