//! Which entry the lists of a server lack: told, for any server, by the preflights around a refused one.
//!
//! A filter that leaves its headers out, or has one sentence for every refusal, does not say whether it refuses the origin, the
//! method or a header. The same preflight without headers, with another method, with single headers and from origins that are
//! easily taken for the page's own does. What passes is what the standard lets through; only an answer like the refusal refuses.

use super::answer::Answer;
use super::neighbours::slip;
use super::s3::common::attribution::{Attribution, answer, attribute, boundary};
use super::s3::common::listed;
use super::s3::common::plan;
use super::s3::common::trial::{Question, Trial, nearest};
use super::{Case, Confidence, Finding};
use crate::evidence::{Probe, Purpose};

/// The methods that a list most likely holds: whether any passes tells the origin from the method.
const METHODS: [&str; 2] = ["GET", "POST"];

/// A refused preflight, and what was tried around it.
pub(crate) struct Reading<'a> {
    refusal: Answer<'a>,
    own: Question,
    trials: Vec<Trial<'a>>,
    attribution: Attribution,
}

/// What has to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The page's origin.
    Origin,
    /// The method.
    Method,
    /// These request headers.
    Headers(Vec<String>),
}

impl<'a> Reading<'a> {
    /// Reads the preflights around this answer.
    pub(crate) fn of(case: &Case<'a>, refusal: Answer<'a>) -> Self {
        let own = Question::of(case);
        let here = case.evidence.probes.iter().filter(|probe| probe.hop == 0 && is_here(case, probe));
        let trials = here.filter_map(|probe| trial(case, &refusal, &own, probe));
        let trials: Vec<Trial<'a>> = trials.collect();
        Self { refusal, attribution: attribute(&own, &trials), own, trials }
    }

    /// The part that is not listed, as far as the trials tell.
    pub(crate) fn missing(&self) -> Option<Missing> {
        match &self.attribution {
            Attribution::Origin { .. } => Some(Missing::Origin),
            Attribution::Method { .. } => Some(Missing::Method),
            Attribution::Header { guilty, suspects, .. } => {
                Some(Missing::Headers(if guilty.is_empty() { suspects.clone() } else { guilty.clone() }))
            }
            Attribution::Open | Attribution::Passes | Attribution::Split(_) => None,
        }
    }

    /// Whether anything was permitted around it, so that there is a list.
    pub(crate) fn shows_a_list(&self) -> bool {
        self.trials.iter().any(|trial| trial.matched)
    }

    /// Whether a permitted trial shows the part: that everything is refused shows no origin, for there may be no list at all.
    pub(crate) fn is_settled(&self) -> bool {
        match &self.attribution {
            Attribution::Origin { neighbour, .. } => neighbour.is_some(),
            Attribution::Method { .. } => true,
            Attribution::Header { guilty, .. } => !guilty.is_empty(),
            Attribution::Open | Attribution::Passes | Attribution::Split(_) => false,
        }
    }

    /// What the trials show, as a sentence with a space in front; empty while they show nothing.
    pub(crate) fn says(&self) -> String {
        let Question { origin, method, .. } = &self.own;
        match &self.attribution {
            Attribution::Origin { neighbour: Some(near), .. } => {
                format!(" The same preflight from {near} is permitted: {}.", slip(origin, near))
            }
            Attribution::Origin { neighbour: None, tried } if tried.len() > 1 => {
                format!(" Without request headers {} from {origin} are refused as well, so it is most likely the origin.", listed(tried))
            }
            Attribution::Method { passing } => {
                format!(" From {origin} {} is permitted, and {method} is not, even without request headers.", listed(passing))
            }
            Attribution::Header { guilty, suspects, .. } => {
                let ours = |t: &&Trial<'_>| t.matched && t.question.origin == *origin && t.question.method == *method;
                let passing = self.trials.iter().filter(ours).map(|t| t.question.headers.as_slice()).max_by_key(|names| names.len());
                format!(" From {origin} {}", boundary(method, guilty, suspects, passing.unwrap_or_default()))
            }
            _ => String::new(),
        }
    }

    /// Cites the trials on both sides of the line and asks for those that are left; what is settled is confirmed.
    #[must_use]
    pub(crate) fn settle(&self, case: &Case<'_>, finding: Finding) -> Finding {
        let finding = self.ask(case, self.cite(finding));
        if self.is_settled() { finding.confidence(Confidence::Confirmed) } else { finding }
    }

    /// Cites the trials on both sides of the line.
    #[must_use]
    pub(crate) fn cite(&self, mut finding: Finding) -> Finding {
        for trial in nearest(&self.own, &self.trials, self.refusal.probe) {
            let outcome = if trial.matched { "is permitted" } else { "is refused" };
            finding = finding.cite(trial.probe, format!("{} {outcome}", trial.question.describe(&self.own)));
        }
        finding
    }

    /// Asks for the trials that are left.
    #[must_use]
    pub(crate) fn ask(&self, case: &Case<'_>, finding: Finding) -> Finding {
        let questions = self.questions().into_iter();
        questions.fold(finding, |finding, (purpose, question)| finding.want(question.step(case, purpose, &case.ask.url)))
    }

    /// First one part at a time, without headers; these one by one only where the rest passes.
    fn questions(&self) -> Vec<(Purpose, Question)> {
        if self.refusal.probe.hop > 0 {
            return Vec::new();
        }
        let passes = answer(&self.trials, &self.own.origin, &self.own.method) == Some(true);
        let own = |q: &Question| q.method == self.own.method && q.origin == self.own.origin;
        let likely = |q: &Question| q.headers.is_empty() && (METHODS.contains(&q.method.as_str()) || q.method == self.own.method);
        let mut questions = plan::next(&self.own, &[]);
        questions.retain(|(_, q)| if passes { own(q) } else { likely(q) });
        questions.retain(|(_, q)| !self.trials.iter().any(|t| t.question == *q));
        questions
    }
}

/// An OPTIONS to the ask's own URL. In a record the parts that follow from the ask may be missing.
fn is_here(case: &Case<'_>, probe: &Probe) -> bool {
    let recorded = probe.purpose == Purpose::Preflight && probe.request.url.is_empty();
    recorded || probe.request.method == "OPTIONS" && case.own_url_of(probe) == Some(&case.ask.url)
}

/// A preflight as a trial. An answer of another kind (a limit on the rate, an outage, somebody else's) says nothing of a list.
fn trial<'a>(case: &Case<'a>, refusal: &Answer<'a>, own: &Question, probe: &'a Probe) -> Option<Trial<'a>> {
    let response = probe.response.as_ref()?;
    let question = Question::recorded(probe, own)?;
    let allowed = response.header("access-control-allow-origin").map(str::trim);
    let matched = if question.origin == own.origin {
        !std::ptr::eq(probe, refusal.probe) && case.preflight_passes(probe) == Some(true)
    } else {
        response.is_ok() && allowed == Some(question.origin.as_str())
    };
    // An answer to the request itself is refused in silence, and so is a preflight beside it.
    let silent = !refusal.preflight && response.is_ok() && !response.has_cors_headers();
    let alike = silent || refusal.preflight && response.status == refusal.status();
    let same = case.answerer_of(probe).layer == case.answerer_of(refusal.probe).layer;
    (matched || alike && same).then_some(Trial { probe, question, matched })
}
