//! `cloudfront-cached-without-vary`.

use std::fmt::Write as _;

use super::{cache_word, through_cloudfront, want_past_cache};
use crate::cause::answer::Answer;
use crate::cause::places::{copied, past_cache};
use crate::cause::{Case, Confidence, Finding};
use crate::layer::Layer;
use crate::remedy::cloudfront;

cause! {
    /// # What happened
    /// CloudFront answered from its cache with what somebody else had asked for: a request without Origin, so there is no
    /// Access-Control-Allow-Origin, or another site's, so that site's origin stands there.
    /// # Why the browser hides it
    /// The origin answers this page correctly; the cached copy does not. The error comes and goes with the cache.
    /// # How to tell
    /// `x-cache: Hit from cloudfront` and `age`, and the same URL with an unused query parameter is a Miss that passes.
    /// # Fix
    /// Put Origin into the cache key and send it to the origin, have the origin say `Vary: Origin`, and invalidate the cache; or let
    /// a response headers policy set the header at the edge.
    /// # Sources
    /// CloudFront guide, "Configure CloudFront to respect CORS settings" (documented); awslabs/speke-reference-server#37,
    /// PRX/Infrastructure#412, samvera/serverless-iiif#111 (reported).
    "cloudfront-cached-without-vary": "CloudFront gives out an answer that was cached for somebody else", Cause, Specific, Cloudfront, blames: CorsRules,
    supersedes: ["cached-without-cors", "cloudfront-origin-header-not-forwarded"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let word = cache_word(answer.response);
    let cached = word.contains("hit from cloudfront") || (word.is_empty() && answer.response.header("age").is_some());
    if !cached || answer.readable || answer.refused() || answer.response.is_redirect() || !through_cloudfront(case, &answer) {
        return None;
    }
    let allowed = answer.response.combined("access-control-allow-origin");
    let foreign = allowed.as_deref().filter(|v| *v != "*" && *v != case.ask.origin.as_str() && v.contains("://") && !v.contains(','));
    if allowed.is_some() && foreign.is_none() {
        return None;
    }
    let fresh = past_cache(case);
    let passes = fresh.as_ref().map(|near| case.passes(near.probe).unwrap_or(false));
    if passes == Some(false) {
        return None;
    }
    let what = match foreign {
        Some(site) => format!("permits {site}, another site that asked before"),
        None => "has no Access-Control-Allow-Origin, as it was cached from a request without Origin".to_owned(),
    };
    let age = answer.response.header("age").map(|s| format!(", age {s}")).unwrap_or_default();
    let mut text = format!("It comes from the cache (x-cache: {}{age}) and {what}.", answer.response.header("x-cache").unwrap_or("absent"));
    if passes.is_some() {
        text.push_str(" The same URL with an unused query parameter, which no cache holds, passes.");
    } else if let Some(again) = copied(case) {
        let _ = write!(text, " A query that nobody used gets a copy as well ({again}): the cache key leaves the query out.");
    }
    let finding = answer
        .finding(case, &text)
        .layer(Layer::Cloudfront)
        .cite(answer.probe, format!("x-cache: {}{age}", answer.response.header("x-cache").unwrap_or("absent")))
        .confidence(if passes.is_some() { Confidence::Confirmed } else { Confidence::Possible })
        .fix(cloudfront::forward_origin());
    let finding = match &fresh {
        Some(near) => finding
            .cite(near.probe, format!("past the cache: x-cache: {}, and it passes", near.response.header("x-cache").unwrap_or("absent"))),
        None if foreign.is_some() => finding.or_else("allow-origin-mismatch", "past the cache the same value would stand there"),
        None => finding.or_else("cloudfront-origin-header-not-forwarded", "past the cache the header would be missing as well"),
    };
    Some(want_past_cache(case, finding))
}
