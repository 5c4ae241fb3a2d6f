//! `lambda-url-cors-not-configured`.

use crate::cause::answer::{Answer, grant};
use crate::cause::{Case, Confidence, Finding};
use crate::layer::Layer;
use crate::remedy::lambda_url;

cause! {
    /// # What happened
    /// The function URL has no CORS configuration, so the function itself was run, for OPTIONS as well, and its answer grants nothing.
    /// # Why the browser hides it
    /// The answer has no Access-Control-Allow-Origin, or a status that a preflight must not have.
    /// # How to tell
    /// `x-amzn-trace-id` (often with `lineage=`) shows that the function ran. With CORS configured the URL answers preflights itself:
    /// 200, an empty JSON body, `Vary: Origin`, no trace id.
    /// # Fix
    /// Configure CORS on the URL; then leave Access-Control headers out of the function.
    /// # Sources
    /// Lambda guide, "Cross-origin resource sharing" of function URLs (documented); captures of 2024, dev.to/rimutaka (reported).
    "lambda-url-cors-not-configured": "Lambda answers without permission: the function URL has no CORS configuration", Cause, Specific, LambdaUrl, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let ran = answer.response.header("x-amzn-trace-id").is_some();
    let configured = answer.response.combined("vary").is_some_and(|v| v.to_ascii_lowercase().contains("origin")) && !ran;
    let refused_by_service = answer.response.header("x-amzn-errortype").is_some();
    let is_url = case.answerer_of(answer.probe).layer == Layer::LambdaUrl;
    if !is_url || answer.readable || configured || refused_by_service || answer.response.has_cors_headers() {
        return None;
    }
    if !answer.preflight && answer.refused() {
        return None;
    }
    let shown = if ran { "The trace id shows that the function itself was run" } else { "The function itself seems to have been run" };
    let text = format!("{shown}, and it grants the page nothing: the URL has no CORS configuration that answers for it.");
    Some(
        answer
            .finding(case, &text)
            .confidence(if ran { Confidence::Likely } else { Confidence::Possible })
            .fix(lambda_url::cors(&grant(case))),
    )
}
