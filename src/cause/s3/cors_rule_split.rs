//! Every part of the request is allowed, but by different rules.

use super::common::attribution::{Attribution, Split};
use super::common::rule::add_rule;
use super::common::{cors, listed, the_bucket};
use crate::cause::{Case, Finding};

cause! {
    /// # What happened
    /// Some CORS rule of the bucket allows the method, another allows the headers, and none allows both for this origin.
    /// # Why the browser hides it
    /// Read from top to bottom the configuration contains everything the request needs. S3 takes the first rule that covers
    /// the whole request and never joins parts of several.
    /// # How to tell
    /// The preflight passes without its headers, and with its headers it passes for another method; or each header passes
    /// by itself, and all together fail.
    /// # Fix
    /// Make one rule that holds the origin, the method and every header. The others may stay.
    /// # Sources
    /// - S3 User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?" (documented)
    /// - localstack `test_s3_cors.py`: the first whole match wins (recorded against AWS)
    "s3-cors-rule-split": "the request is covered by several CORS rules in part and by none as a whole", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "s3-cors-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let reading = cors::reading(case)?;
    let Attribution::Split(split) = &reading.attribution else { return None };
    let own = &reading.own;
    let parts = match split {
        Split::MethodAndHeaders(methods) => format!(
            "{} passes without request headers, and {} passes with {}, but {} with these headers does not",
            own.method,
            listed(methods),
            listed(&own.headers),
            own.method
        ),
        Split::Headers => format!("each of {} passes by itself, but not together", listed(&own.headers)),
    };
    let bucket = the_bucket(case, Some(reading.refusal.error));
    let text = format!(
        "The CORS rules of {bucket} allow every part of this request, but in different rules: from {} {parts}. S3 needs one rule that \
         covers AllowedOrigins, AllowedMethods and AllowedHeaders at once.",
        own.origin
    );
    let fix = add_rule(case, own, format!("put {}, {} and its headers into one rule", own.origin, own.method));
    Some(reading.finding(case, text).fix(fix).rule_out("s3-cors-header-no-match", "every header passes in some rule for this origin"))
}
