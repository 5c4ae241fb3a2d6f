//! A request header that no CORS rule of the bucket allows.

use super::common::attribution::{Attribution, boundary};
use super::common::cors;
use super::common::rule::add_rule;
use super::common::{listed, the_bucket};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::sdk_headers::{self, Sender};

cause! {
    /// # What happened
    /// Origin and method are allowed, but the page (or a library on it) sends a request header that `AllowedHeaders` of the
    /// matching rule does not cover.
    /// # Why the browser hides it
    /// S3 refuses the whole preflight, so the console speaks of a missing Access-Control-Allow-Origin and no header is
    /// named. SDKs add headers by themselves: a bucket that worked for years fails after an upgrade.
    /// # How to tell
    /// The same preflight without Access-Control-Request-Headers passes; asked for one by one, the guilty names are
    /// refused.
    /// # Fix
    /// Add the names to `AllowedHeaders` of the rule that has the origin and the method (`*` allows any; one wildcard a
    /// name, as in `x-amz-*`), or stop the client from sending them.
    /// # Sources
    /// - localstack `test_s3_cors.py`: each requested header has to match (recorded against AWS)
    /// - github.com/aws/aws-sdk-js-v3 issues 1376 and 6810: headers that the SDK sends (reported)
    "s3-cors-header-no-match": "no CORS rule of the bucket allows a request header", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "s3-cors-no-match", "sdk-added-header", "header-not-allowed"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let reading = cors::reading(case)?;
    let Attribution::Header { guilty, suspects, passing, scattered } = &reading.attribution else { return None };
    let (senders, _) = sdk_headers::group(if guilty.is_empty() { suspects } else { guilty });
    let own = &reading.own;
    let rule = format!(
        "AllowedHeaders (AllowedHeader in XML) of the rule for {} in {}",
        own.origin,
        the_bucket(case, Some(reading.refusal.error))
    );
    let (blamed, title) = if guilty.is_empty() {
        let blamed = format!("{rule} does not cover one or more of these, or no single rule covers them all");
        (blamed, format!("make one rule for {} whose AllowedHeaders cover {}", own.origin, listed(&own.headers)))
    } else if *scattered {
        let blamed = format!("{rule} does not cover {}, and what passes does so by different rules, not at once", listed(guilty));
        (blamed, format!("put {}, {} and all its headers into one rule", own.origin, own.method))
    } else {
        let blamed = format!("{rule} does not cover {}", listed(guilty));
        (blamed, format!("add {} to AllowedHeaders of the rule for {}", listed(guilty), own.origin))
    };
    let text = format!("{} {blamed}.{}", boundary(&own.method, guilty, suspects, passing), added_by(&senders));
    let finding = reading.finding(case, text).fix(add_rule(case, own, title));
    let finding = if guilty.is_empty() { finding.confidence(Confidence::Likely) } else { finding };
    let switched = senders.iter().filter(|(sender, _)| !sender.stays);
    let finding = switched.fold(finding, |finding, (sender, _)| finding.fix(switch_off(sender)));
    Some(finding.rule_out("s3-cors-origin-no-match", format!("{} passes from this origin without request headers", own.method)))
}

fn added_by(senders: &[(&Sender, Vec<&str>)]) -> String {
    let sentence = |(sender, names): &(&Sender, Vec<&str>)| {
        let verb = if names.len() == 1 { "is" } else { "are" };
        format!(" {} {verb} sent by {}: {}.", listed(names), sender.name, sender.why)
    };
    senders.iter().map(sentence).collect()
}

fn switch_off(sender: &Sender) -> Fix {
    let fix = Fix::new("client-without-header", format!("keep {} from sending them", sender.name), sender.switch);
    if sender.code.is_empty() { fix } else { fix.snippet("javascript", sender.name, sender.code) }
}
