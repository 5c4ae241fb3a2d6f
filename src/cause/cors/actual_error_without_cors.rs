//! The answer proper is an error without CORS headers: the error is the news.

use super::fault::{Fault, Kind};
use super::filter::Refusal;
use super::words::{self, meaning};
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix, origin_error};
use crate::layer::Layer;
use crate::remedy::server::on_errors;
use crate::verdict::Outcome;

cause! {
    /// # What happened
    /// The request was sent, and the server answered with an error (4xx or 5xx) that carries no CORS headers. The page sees a CORS error;
    /// the real trouble is the status behind it.
    /// # Why the browser hides it
    /// Without Access-Control-Allow-Origin the page may not see anything of the answer, not even its status. Error pages are often made
    /// by another component (proxy, gateway, framework) than the one that adds the CORS headers.
    /// # How to tell
    /// The answer's status, as this tool or the network panel shows it. The same request with CORS headers on errors would show it to the
    /// page.
    /// # Fix
    /// First mend what the status says. Then send the CORS headers on errors as well, so that the next one can be seen.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - nginx, `always`: <https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header>
    "actual-error-without-cors": "the request fails, and the error carries no CORS headers", Cause, Protocol, Server,
    supersedes: ["actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::NoOrigin).filter(|fault| !fault.preflight && fault.response.status >= 400)?;
    let answer = Answer::of(case)?;
    let status = fault.response.status;
    let said = words::of(fault.response).map(|words| format!(" It says: \"{words}\".")).unwrap_or_default();
    let passed = case.verdict.preflight == Outcome::Passed;
    let preflight = if passed { " The preflight passed, so the CORS rules are not the problem." } else { "" };
    if let Some(refusal) = Refusal::of(case, &answer).filter(|_| !passed) {
        let finding = answer.finding(case, &format!("{}{said}", refusal.explanation(case)));
        return Some(finding.confidence(Confidence::Confirmed).blames_cors_rules().fix(refusal.fix(case, &answer, None)));
    }
    let finding = answer
        .finding(case, &format!("{}{said}{preflight}", meaning(fault.response)))
        .confidence(Confidence::Confirmed)
        .fix(Fix::new("mend-the-error", format!("mend what {status} says first"), meaning(fault.response)));
    // Nothing of the server is on a page that Cloudflare makes in its place.
    if origin_error::meaning(fault.response).is_some() {
        return Some(finding);
    }
    let detail = match case.answerer_of(fault.probe).layer {
        Layer::S3 => BY_RULE,
        layer => on_errors(layer, fault.response),
    };
    Some(finding.fix(fault.fix(case, "cors-headers-on-errors", "then send the CORS headers on errors as well".into(), detail)))
}

/// Recorded against AWS: 403 and 404 of a bucket whose rules match carry the headers.
const BY_RULE: &str = "S3 puts them on its errors where a CORS rule of the bucket covers origin and method: one for this page is missing.";
