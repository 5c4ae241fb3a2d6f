//! CloudFront: its own pages, its cache, and what its behaviours do to CORS.

pub(super) mod alias_not_configured;
pub(super) mod cached_without_vary;
pub(super) mod error_page_masking;
pub(super) mod function_response;
pub(super) mod geo_blocked;
pub(super) mod host_header_forwarded;
pub(super) mod https_redirect;
pub(super) mod method_not_allowed;
pub(super) mod origin_header_not_forwarded;
pub(super) mod origin_unreachable;
pub(super) mod s3_access_denied;
pub(super) mod sni_host_mismatch;
pub(super) mod waf_blocked;

use crate::cause::answer::Answer;
use crate::cause::places;
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::{Purpose, Response};
use crate::layer::Layer;

/// The page that CloudFront itself made, when it says this. The paragraph about traffic stands on nearly every page and
/// proves nothing, so each cause looks for a sentence of its own.
fn page<'a>(case: &Case<'a>, sentence: &str) -> Option<Answer<'a>> {
    let answer = Answer::of(case)?;
    let own = case.answerer_of(answer.probe).layer == Layer::Cloudfront;
    (own && one_line(&answer.response.body).contains(sentence)).then_some(answer)
}

/// A finding about CloudFront's own page, its sentence quoted.
fn page_finding<'a>(case: &Case<'a>, answer: &Answer<'a>, sentence: &str, explanation: &str) -> Finding {
    answer.finding(case, explanation).cite(answer.probe, format!("the page says \"{sentence}\"")).confidence(Confidence::Likely)
}

/// Pages break their sentences over lines.
fn one_line(body: &str) -> String {
    body.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What `x-cache` says, in small letters.
fn cache_word(response: &Response) -> String {
    response.header("x-cache").unwrap_or_default().to_ascii_lowercase()
}

/// Whether a distribution answered, or passed the answer on.
fn through_cloudfront(case: &Case<'_>, answer: &Answer<'_>) -> bool {
    let answerer = case.answerer_of(answer.probe);
    answerer.involves(Layer::Cloudfront) || answerer.layer == Layer::CloudfrontFunction
}

/// Asks for the same past the cache.
fn want_past_cache(case: &Case<'_>, finding: Finding) -> Finding {
    finding.want(case.get_step(Purpose::CacheBust, |ask| ask.url = places::past_caches(case)))
}
