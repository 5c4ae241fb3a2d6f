//! No CORS rule covers the request, and it is not known which part.

use super::common::attribution::{self, METHODS};
use super::common::cors::{self, Reading};
use super::common::rule::add_rule;
use super::common::trial::{Question, trials};
use super::common::{bucket, listed};
use crate::cause::{Case, Confidence, Finding};

cause! {
    /// # What happened
    /// The bucket has CORS rules and none covers the request: its origin, its method, or one of its headers is missing.
    /// # Why the browser hides it
    /// The console says that Access-Control-Allow-Origin is missing. S3 itself has one sentence for all mismatches and does
    /// not say which part failed.
    /// # How to tell
    /// OPTIONS: 403 `AccessForbidden`, `CORSResponse: This CORS request is not allowed.` On a request without a preflight:
    /// an answer of S3 without CORS headers. Varying one part at a time tells which it is; this code is given when that was
    /// not possible.
    /// # Fix
    /// One rule has to hold the origin (`AllowedOrigins`, byte for byte, without a trailing slash), the method
    /// (`AllowedMethods`) and every header (`AllowedHeaders`).
    /// # Sources
    /// - localstack `test_s3_cors.py` and its snapshots (recorded against AWS)
    /// - S3 User Guide, "Using cross-origin resource sharing" (documented)
    "s3-cors-no-match": "no CORS rule of the bucket covers the request", Cause, General, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if let Some(reading) = cors::reading(case).filter(Reading::is_open) {
        return Some(refused(case, &reading));
    }
    let lost = cors::refusal(case).filter(|r| r.says("This CORS request is not allowed") && cors::method_was_lost(case, r));
    if let Some(refusal) = lost {
        let text = "S3 judged an OPTIONS without Access-Control-Request-Method: something between the browser and the bucket dropped the \
            header, so no rule can match. A CloudFront distribution has to forward Origin, Access-Control-Request-Method and \
            Access-Control-Request-Headers.";
        let finding = Finding::new(text).cite(refusal.probe, refusal.quote()).cite(refusal.probe, "<Method>OPTIONS</Method>");
        return Some(finding.or_else("cloudfront-origin-header-not-forwarded", "a distribution in front that forwards Origin alone"));
    }
    silent_answer(case)
}

fn refused(case: &Case<'_>, reading: &Reading<'_>) -> Finding {
    let own = &reading.own;
    let headers = if own.headers.is_empty() { String::new() } else { format!(", headers {}", listed(&own.headers)) };
    let text = format!(
        "The bucket has CORS rules, and none of them covers this request: origin {}, method {}{headers}. S3 does not say which part \
         is missing from AllowedOrigins, AllowedMethods or AllowedHeaders.",
        own.origin, own.method
    );
    let fix = add_rule(case, own, format!("add a rule for {} from {}", own.method, own.origin));
    let finding = reading.finding(case, text).confidence(Confidence::Likely).fix(fix);
    separated(case, finding, own)
}

/// What the follow-ups exclude, and what would separate the rest.
fn separated(case: &Case<'_>, finding: Finding, own: &Question) -> Finding {
    let trials = trials(case, own);
    let passes = |method: &str| attribution::answer(&trials, &own.origin, method);
    let (here, passing) = (passes(&own.method), METHODS.into_iter().find(|method| passes(method) == Some(true)));
    let finding = match passing {
        Some(method) => finding.rule_out("s3-cors-origin-no-match", format!("{method} passes from this origin")),
        None => finding.or_else("s3-cors-origin-no-match", "no method passes for this origin"),
    };
    let finding = match here {
        Some(true) => finding.rule_out("s3-cors-method-no-match", format!("{} passes from this origin", own.method)),
        _ => finding.or_else("s3-cors-method-no-match", "another method passes for this origin"),
    };
    match here {
        _ if own.headers.is_empty() => finding,
        Some(false) => finding.rule_out("s3-cors-header-no-match", "the same preflight without its headers is refused as well"),
        _ => finding
            .or_else("s3-cors-header-no-match", "the same preflight passes without its headers")
            .or_else("s3-cors-rule-split", "each part of the request passes, and all of it together does not"),
    }
}

/// An answer of S3 that a page may not read, to a request that needed no preflight: S3 gave no reason yet.
fn silent_answer(case: &Case<'_>) -> Option<Finding> {
    let (probe, response) = cors::unexplained_actual(case).filter(|_| cors::refusal(case).is_none() && case.preflight().is_none())?;
    // What a cache kept says nothing of the rules, and at the end of a redirect the preflight would ask at its beginning.
    if probe.hop > 0 || response.header("age").is_some_and(|age| age.trim() != "0") {
        return None;
    }
    let own = Question::of(case);
    let steps = cors::ask_why(case);
    // A rule matches the preflight of the same request: whatever took the headers away, it was not the rules.
    if case.follow_ups().any(|p| case.asked_by(p).is_some_and(|a| a.origin == case.ask.origin) && case.preflight_passes(p) == Some(true)) {
        return None;
    }
    let whose = bucket(case, None).map_or_else(|| "the bucket".to_owned(), |b| format!("the bucket \"{b}\""));
    let text = format!(
        "S3 answered, but added no CORS headers: no CORS rule of {whose} covers {} from {}, or there are no rules at all. S3 says so \
         only in answer to a preflight.",
        own.method, own.origin
    );
    let finding = Finding::new(text).cite(probe, format!("{}, no Access-Control-Allow-Origin", cors::quoted(case, probe, response)));
    let finding = steps.into_iter().fold(finding.confidence(Confidence::Possible), Finding::want);
    let finding = finding.fix(add_rule(case, &own, format!("add a rule for {} from {}", own.method, own.origin)));
    Some(separated(case, finding, &own).or_else("s3-cors-not-configured", "a preflight answers \"CORS is not enabled for this bucket\""))
}
