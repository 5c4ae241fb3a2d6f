//! Preflights of one bucket as trials of its CORS rules: what was asked, and whether a rule matched.
//!
//! Reads any preflight to the ask's URL, whoever planned it, so that a record with other follow-ups tells as much.

use url::Url;

use crate::cause::Case;
use crate::evidence::{Probe, Purpose, Step};

/// What a preflight asks S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// The `Origin` header, byte for byte.
    pub(crate) origin: String,
    /// The method asked for.
    pub(crate) method: String,
    /// The header names asked for, lower case.
    pub(crate) headers: Vec<String>,
}

/// A question with the answer of S3.
#[derive(Debug, Clone)]
pub(crate) struct Trial<'a> {
    /// The exchange.
    pub(crate) probe: &'a Probe,
    /// What it asked.
    pub(crate) question: Question,
    /// Whether a rule matched.
    pub(crate) matched: bool,
}

impl Question {
    /// What the page's own preflight asks, or would ask if one were due.
    pub(crate) fn of(case: &Case<'_>) -> Self {
        Self { origin: case.ask.origin.to_string(), method: case.ask.sent_method(), headers: case.asked_headers() }.sorted()
    }

    /// Whether a preflight asked this; one that was recorded without its headers did.
    pub(crate) fn is_of(&self, probe: &Probe) -> bool {
        probe.request.headers.is_empty() || Self::recorded(probe, self).as_ref() == Some(self)
    }

    /// The question that a recorded preflight asked.
    pub(crate) fn recorded(probe: &Probe, own: &Self) -> Option<Self> {
        let request = &probe.request;
        if probe.purpose == Purpose::Preflight && request.headers.is_empty() {
            return Some(own.clone());
        }
        let names = request.header("access-control-request-headers").unwrap_or_default();
        let question = Self {
            origin: request.header("origin")?.to_owned(),
            method: request.header("access-control-request-method")?.to_owned(),
            headers: names.split(',').map(|n| n.trim().to_ascii_lowercase()).filter(|n| !n.is_empty()).collect(),
        };
        Some(question.sorted())
    }

    /// The preflight that asks this at a place.
    pub(crate) fn step(self, case: &Case<'_>, purpose: Purpose, place: &Url) -> Step {
        let mut step = case.preflight_step(purpose, |ask| {
            ask.url = place.clone();
            ask.method = self.method;
            ask.headers = self.headers.into_iter().map(|name| (name, None)).collect();
        });
        for (name, value) in &mut step.headers {
            if name.eq_ignore_ascii_case("origin") {
                value.clone_from(&self.origin);
            }
        }
        step
    }

    fn sorted(mut self) -> Self {
        self.headers.sort();
        self.headers.dedup();
        self
    }
}

/// The trials in the evidence, in order. Answers that say nothing of a rule are left out.
pub(crate) fn trials<'a>(case: &'a Case<'_>, own: &Question) -> Vec<Trial<'a>> {
    trials_at(case, own, &case.ask.url)
}

/// The same at another name of the bucket.
pub(crate) fn trials_at<'a>(case: &'a Case<'_>, own: &Question, place: &Url) -> Vec<Trial<'a>> {
    let preflights = case.evidence.probes.iter().filter(|p| p.hop == 0 && is_at(case, p, place));
    preflights
        .filter(|p| super::answered(case, p))
        .filter_map(|probe| Some(Trial { probe, question: Question::recorded(probe, own)?, matched: matched(case, probe)? }))
        .collect()
}

/// The smallest refused trial and the largest passing one that differ least from the page's own request, without its own refusal.
pub(crate) fn nearest<'t, 'a>(own: &Question, trials: &'t [Trial<'a>], refusal: &Probe) -> Vec<&'t Trial<'a>> {
    let distance = |t: &&Trial<'_>| {
        let other = usize::from(t.question.origin != own.origin) * 4 + usize::from(t.question.method != own.method) * 2;
        other * 100 + own.headers.len().abs_diff(t.question.headers.len())
    };
    let passing = trials.iter().filter(|t| t.matched).min_by_key(distance);
    let ours = |t: &&Trial<'_>| t.question.origin == own.origin && t.question.method == own.method;
    let refused = trials.iter().filter(|t| !t.matched).filter(ours).min_by_key(|t| t.question.headers.len());
    refused.filter(|t| t.probe.id != refusal.id).into_iter().chain(passing).collect()
}

/// An OPTIONS to this host and path. In a record the parts that follow from the ask may be missing.
fn is_at(case: &Case<'_>, probe: &Probe, place: &Url) -> bool {
    if probe.purpose == Purpose::Preflight && probe.request.url.is_empty() {
        return *place == case.ask.url;
    }
    probe.request.method == "OPTIONS"
        && case.own_url_of(probe).is_some_and(|url| url.host_str() == place.host_str() && url.path() == place.path())
}

/// 200 when a rule matches, 403 with one sentence when none does (localstack `test_s3_cors.py`, recorded against AWS).
fn matched(case: &Case<'_>, probe: &Probe) -> Option<bool> {
    let response = probe.response.as_ref()?;
    if response.is_ok() && response.header("access-control-allow-origin").is_some() {
        return Some(true);
    }
    let error = super::error_of(case, probe)?;
    (error.code == "AccessForbidden" && error.message.contains("This CORS request is not allowed")).then_some(false)
}
