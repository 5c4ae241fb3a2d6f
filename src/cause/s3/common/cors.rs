//! What S3's CORS layer said of the page's request, and what the trials around it show.

use super::attribution::{Attribution, METHODS, attribute};
use super::trial::{Question, Trial, nearest, trials};
use super::{Refusal, answered, listed, plan, quote};
use crate::aws;
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::{Probe, Response, Step};

/// A refusal of the CORS layer with everything that was tried around it.
pub(crate) struct Reading<'a> {
    /// The answer to the page's own preflight, or to the one that was sent for it afterwards.
    pub(crate) refusal: Refusal<'a>,
    /// What that preflight asked.
    pub(crate) own: Question,
    /// Every preflight of this place that says something of a rule.
    pub(crate) trials: Vec<Trial<'a>>,
    /// What they show together.
    pub(crate) attribution: Attribution,
}

/// The refusal of S3's CORS layer: of the preflight the browser stopped at; for a request without a preflight whose answer
/// had no CORS headers, of a preflight that was sent afterwards to hear the reason.
pub(crate) fn refusal<'a>(case: &'a Case<'_>) -> Option<Refusal<'a>> {
    let found = match super::refused_preflight(case) {
        Some(found) => found,
        None => asked_afterwards(case)?,
    };
    matches!(found.error.code.as_str(), "AccessForbidden" | "BadRequest").then_some(found)
}

fn asked_afterwards<'a>(case: &'a Case<'_>) -> Option<Refusal<'a>> {
    unexplained_actual(case)?;
    let own = Question::of(case);
    let here = |p: &&'a Probe| {
        p.request.method == "OPTIONS"
            && (p.request.url == case.ask.url.as_str() || is_bucket_behind(case, p))
            && p.request.header("origin") == Some(own.origin.as_str())
            && p.request.header("access-control-request-method") == Some(own.method.as_str())
    };
    case.follow_ups().filter(here).find_map(|p| super::refusal(case, p))
}

/// Whether a probe asked the bucket itself for what the page asks for by another name.
fn is_bucket_behind(case: &Case<'_>, probe: &Probe) -> bool {
    let url = case.url_of(probe);
    case.target.kind != "s3" && aws::target(url).kind == "s3" && url.path() == case.ask.url.path()
}

/// The actual answer of S3 that the page may not read because it carries no Access-Control-Allow-Origin.
pub(crate) fn unexplained_actual<'a>(case: &'a Case<'_>) -> Option<(&'a Probe, &'a Response)> {
    let (probe, response) = case.failed_actual()?;
    let silent = response.header("access-control-allow-origin").is_none() && !response.is_redirect();
    (silent && answered(case, probe)).then_some((probe, response))
}

/// The error that the missing headers hide: mended rules only bring it to light.
pub(crate) fn hidden_error(case: &Case<'_>) -> String {
    match unexplained_actual(case).filter(|(_, response)| response.status >= 400) {
        Some((probe, response)) => format!(" Behind it is another trouble, which the page sees then: {}.", quoted(case, probe, response)),
        None => String::new(),
    }
}

/// Whether the CORS layer never saw which method was asked for: it repeats the method it judged.
pub(crate) fn method_was_lost(case: &Case<'_>, refusal: &Refusal<'_>) -> bool {
    let asked = refusal.probe.request.header("access-control-request-method").map_or_else(|| case.ask.sent_method(), str::to_owned);
    asked != "OPTIONS" && refusal.error.get("Method") == Some("OPTIONS")
}

/// The reading of "This CORS request is not allowed", which does not say what did not match.
pub(crate) fn reading<'a>(case: &'a Case<'_>) -> Option<Reading<'a>> {
    let refusal = refusal(case).filter(|r| r.says("This CORS request is not allowed"))?;
    let own = Question::of(case);
    if !METHODS.contains(&own.method.as_str()) || method_was_lost(case, &refusal) {
        return None;
    }
    let trials = trials(case, &own);
    let attribution = attribute(&own, &trials);
    Some(Reading { refusal, own, trials, attribution })
}

impl Reading<'_> {
    /// A finding that cites the refusal, and the nearest trials on both sides of the line.
    pub(crate) fn finding(&self, case: &Case<'_>, explanation: String) -> Finding {
        let mut finding = Finding::new(explanation + &hidden_error(case)).cite(self.refusal.probe, self.refusal.quote());
        for trial in nearest(&self.own, &self.trials, self.refusal.probe) {
            let outcome = if trial.matched { "passes" } else { "is refused" };
            finding = finding.cite(trial.probe, format!("{} {outcome}", trial.question.describe(&self.own)));
        }
        let steps = plan::steps(case, &self.own, &self.trials);
        steps.into_iter().fold(finding.confidence(Confidence::Confirmed), Finding::want)
    }

    /// Whether too little was tried to tell origin, method and headers apart.
    pub(crate) fn is_open(&self) -> bool {
        self.attribution == Attribution::Open
    }
}

impl Question {
    /// The question in words; what equals the page's own request is left out.
    pub(crate) fn describe(&self, own: &Self) -> String {
        let from = if self.origin == own.origin { String::new() } else { format!(" from {}", self.origin) };
        let headers =
            if self.headers.is_empty() { "without request headers".to_owned() } else { format!("with {}", listed(&self.headers)) };
        format!("{}{from} {headers}", self.method)
    }
}

/// The preflights that make S3's CORS layer say why a request got no headers, when none was due.
pub(crate) fn ask_why(case: &Case<'_>) -> Vec<Step> {
    let own = Question::of(case);
    let known = trials(case, &own);
    plan::steps(case, &own, &known)
}

/// Quotes an answer that has an error document, else its status.
pub(crate) fn quoted(case: &Case<'_>, probe: &Probe, response: &Response) -> String {
    super::error_of(case, probe).map_or_else(|| format!("status {}", response.status), |e| quote(response, e))
}
