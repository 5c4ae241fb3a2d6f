//! A request header that no CORS rule of the bucket allows.

use super::common::attribution::Attribution;
use super::common::cors::{self, Reading};
use super::common::rule::add_rule;
use super::common::{listed, sdk, the_bucket};
use crate::cause::{Case, Finding, Fix, cause};

cause! {
    /// # What happened
    /// Origin and method are allowed, but the page (or a library on it) sends a request header that AllowedHeaders of the
    /// matching rule does not cover.
    /// # Why the browser hides it
    /// S3 refuses the whole preflight, so the console speaks of a missing Access-Control-Allow-Origin and no header is named.
    /// SDKs add headers by themselves: a bucket that worked for years fails after an upgrade.
    /// # How to tell
    /// The same preflight without Access-Control-Request-Headers passes; asked for one by one, the guilty names are refused.
    /// # Fix
    /// Add the names to AllowedHeaders of the rule that has the origin and the method (`*` allows any; one wildcard a name, as in
    /// `x-amz-*`), or stop the client from sending them.
    /// # Sources
    /// - localstack `test_s3_cors.py`: each requested header has to match (recorded against AWS)
    /// - github.com/aws/aws-sdk-js-v3 issues 1376 and 6810: headers that the SDK sends (reported)
    "s3-cors-header-no-match": "no CORS rule of the bucket allows a request header", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "s3-cors-no-match", "sdk-added-header", "header-not-allowed"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let reading = cors::reading(case)?;
    let Attribution::Header { guilty, suspects, fine } = &reading.attribution else { return None };
    let refused: Vec<&String> = guilty.iter().chain(suspects).collect();
    let own = &reading.own;
    let bucket = the_bucket(case, Some(&reading.refusal.error));
    let text = format!(
        "{} AllowedHeaders (AllowedHeader in XML) of the rule for {} in {bucket} does not cover {}.{}",
        boundary(&reading, guilty, suspects, fine),
        own.origin,
        listed(&refused),
        senders(&refused),
    );
    let fix = add_rule(case, own, format!("add {} to AllowedHeaders of the rule for {}", listed(&refused), own.origin));
    let finding = reading.finding(case, text).fix(fix);
    let finding = if refused.iter().any(|h| h.starts_with("x-amz-checksum-") || h.starts_with("x-amz-sdk-")) { finding.fix(no_checksums()) } else { finding };
    Some(finding.rule_out("s3-cors-origin-no-match", format!("{} passes from this origin without request headers", own.method)))
}

/// The nearest passing request and the smallest failing one.
fn boundary(reading: &Reading<'_>, guilty: &[String], suspects: &[String], fine: &[String]) -> String {
    let method = &reading.own.method;
    let passes = if fine.is_empty() { "without request headers".to_owned() } else { format!("with {}", listed(fine)) };
    let mut parts = vec![format!("{method} {passes} passes")];
    if !guilty.is_empty() {
        let each = if guilty.len() > 1 { "each of " } else { "" };
        parts.push(format!("adding {each}{} fails", listed(guilty)));
    }
    if !suspects.is_empty() {
        parts.push(format!("one or more of {} fails", listed(suspects)));
    }
    format!("{}.", parts.join("; "))
}

fn senders(refused: &[&String]) -> String {
    let mut told: Vec<String> = Vec::new();
    for who in refused.iter().filter_map(|h| sdk::added_by(h)) {
        let names: Vec<&&String> = refused.iter().filter(|h| sdk::added_by(h) == Some(who)).collect();
        let line = format!(" {} {} added by {who}.", listed(&names), if names.len() == 1 { "is" } else { "are" });
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told.concat()
}

fn no_checksums() -> Fix {
    Fix::new("sdk-checksums-when-required", "or keep the SDK from adding checksums", "The AWS SDKs add them by default since January 2025; S3 does not need them.")
        .snippet("javascript", "AWS SDK for JavaScript v3", "new S3Client({ region, requestChecksumCalculation: \"WHEN_REQUIRED\", responseChecksumValidation: \"WHEN_REQUIRED\" });")
}
