//! `cloudfront-origin-header-not-forwarded`.

use super::{cache_word, want_past_cache};
use crate::aws;
use crate::cause::answer::Answer;
use crate::cause::places::past_cache;
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::Probe;
use crate::layer::Layer;
use crate::remedy::cloudfront;

cause! {
    /// # What happened
    /// CloudFront asked S3 without the browser's Origin header, and S3 adds CORS headers only where there is one.
    /// # Why the browser hides it
    /// The file arrives with 200 and without Access-Control-Allow-Origin.
    /// # How to tell
    /// `server: AmazonS3` through CloudFront, a Miss (no cached copy), no Access-Control-Allow-Origin; the bucket asked directly has it.
    /// A bucket without CORS rules looks the same from outside. A preflight that S3 grants without Access-Control-Allow-Headers, though
    /// headers were asked for, lost Access-Control-Request-Headers on the way.
    /// # Fix
    /// The managed origin request policy CORS-S3Origin, or the response headers policy `SimpleCORS`; the bucket needs CORS rules too.
    /// # Sources
    /// CloudFront guide, "Configure CloudFront to respect CORS settings", "Use managed origin request policies" (documented).
    "cloudfront-origin-header-not-forwarded": "CloudFront does not send the CORS request headers on to S3", Cause, Specific, Cloudfront, blames: CorsRules,
    supersedes: ["header-not-allowed", "sdk-added-header"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    names_left_out(case).or_else(|| origin_left_out(case))
}

/// S3 lists every header name that it is asked for, or refuses: a good answer without the list was asked for none.
fn names_left_out(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|answer| answer.preflight && answer.response.is_ok() && !answer.bare())?;
    let answerer = case.answerer_of(answer.probe);
    let from_s3 = answerer.layer == Layer::S3 && answerer.through.contains(&Layer::Cloudfront);
    let unlisted = answer.response.header("access-control-allow-headers").is_none() && case.check_failed("allow-headers");
    if !from_s3 || !unlisted {
        return None;
    }
    let text = format!(
        "S3 lists every header name that it is asked for, or refuses; here it lists none, so {} never reached it: CloudFront sends Origin \
         on, but not Access-Control-Request-Headers.",
        case.asked_headers().join(", ")
    );
    let finding = answer.finding(case, &text).layer(Layer::Cloudfront).confidence(Confidence::Likely);
    Some(finding.cite(answer.probe, "no Access-Control-Allow-Headers").fix(cloudfront::forward_origin()))
}

fn origin_left_out(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let answerer = case.answerer_of(answer.probe);
    let from_s3 = answerer.layer == Layer::S3 && answerer.through.contains(&Layer::Cloudfront);
    if !from_s3 || answer.preflight || !answer.response.is_ok() || !answer.bare() || answer.readable {
        return None;
    }
    if cache_word(answer.response).contains("error from cloudfront") {
        return None;
    }
    let fresh = past_cache(case);
    if fresh.as_ref().is_some_and(|near| near.response.header("access-control-allow-origin").is_some()) {
        return None;
    }
    let direct = case.follow_ups().find(|p| is_bucket(case, p));
    let permitted = direct.map(|p| case.passes(p).unwrap_or(false));
    if permitted == Some(false) {
        return None;
    }
    let text = match direct {
        Some(_) => "The bucket itself, asked directly with Origin, grants it: CloudFront leaves the header out when it asks S3.",
        None => {
            "S3 adds CORS headers only to requests that carry Origin, and this answer came fresh from S3 without them: CloudFront very probably does not send Origin on."
        }
    };
    let mut finding = answer.finding(case, text).layer(Layer::Cloudfront).fix(cloudfront::forward_origin());
    if let Some(near) = &fresh {
        finding = finding.cite(near.probe, "past the cache the header is missing as well");
    }
    finding = match direct {
        Some(probe) => finding.cite(probe, "the bucket asked directly grants it").confidence(Confidence::Confirmed),
        None => finding.confidence(Confidence::Possible).or_else(
            "s3-cors-not-configured",
            "a bucket without a CORS rule for this origin answers the same; the bucket asked directly tells",
        ),
    };
    Some(want_past_cache(case, finding))
}

fn is_bucket(case: &Case<'_>, probe: &Probe) -> bool {
    let url = case.url_of(probe);
    url.host() != case.ask.url.host() && aws::target(url).kind == "s3" && probe.response.is_some()
}
