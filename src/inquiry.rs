//! The state machine that joins the stages, without I/O: [`Inquiry::steps`] says what to send next, [`Inquiry::learn`]
//! takes what came back, [`Inquiry::conclude`] ends it. The live driver and the replaying one are short loops around it.

use crate::ask::Ask;
use crate::aws::Target;
use crate::cause::Case;
use crate::diagnose::{self, Conclusion};
use crate::evidence::{Evidence, Probe, Purpose, Step, redact};
use crate::layer::Answerer;
use crate::verdict::{self, Engine, Verdict};

/// What an inquiry may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Probes in all, the browser's own included.
    pub max_probes: usize,
    /// Waves of follow-ups after the browser's own requests.
    pub waves: u32,
    /// Whether requests that could change data are sent.
    pub send_actual: bool,
    /// Whose decision counts.
    pub engine: Engine,
    /// The request is known to have failed in a browser: an answer that lets it through is asked for again.
    pub doubted: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self { max_probes: 24, waves: 2, send_actual: false, engine: Engine::default(), doubted: false }
    }
}

/// One ask under way.
#[derive(Debug)]
pub struct Inquiry {
    evidence: Evidence,
    budget: Budget,
    target: Target,
    now: i64,
    wave: u32,
}

/// Everything that a report tells.
#[derive(Debug)]
pub struct Outcome {
    /// What was seen.
    pub evidence: Evidence,
    /// What the URL points at.
    pub target: Target,
    /// What the browser decides.
    pub verdict: Verdict,
    /// Why.
    pub conclusion: Conclusion,
    /// Who answered each probe that has an answer, and whether it would pass, by the probe's index.
    pub readings: Vec<(usize, Answerer, Option<bool>)>,
}

impl Inquiry {
    /// Starts with nothing but the ask. `now` is in seconds since 1970.
    pub fn new(ask: Ask, budget: Budget, now: i64) -> Self {
        Self::resume(Evidence::of(ask), budget, now)
    }

    /// Starts from a record.
    pub fn resume(evidence: Evidence, budget: Budget, now: i64) -> Self {
        let target = evidence.ask.target();
        Self { evidence, budget, target, now, wave: 0 }
    }

    /// The requests to send now, all at once; empty when nothing more is worth asking.
    pub fn steps(&mut self) -> Vec<Step> {
        let left = self.budget.max_probes.saturating_sub(self.evidence.probes.len());
        if left == 0 {
            return Vec::new();
        }
        if self.wave == 0 {
            match verdict::next(&self.evidence.ask, &self.evidence.probes, self.budget.engine) {
                Some(next) if self.budget.send_actual || is_safe(next.method()) => {
                    let step = next.step();
                    // A page would send it; the host that a redirect named need not learn the user's secrets from whycors.
                    if !self.tells_a_stranger(&step) {
                        return vec![step];
                    }
                }
                // A POST without a preflight is not sent either: the preflight that its sisters get tells what is known of the host.
                Some(_) if self.evidence.probes.is_empty() => return vec![verdict::preflight_step(&self.evidence.ask, self.budget.engine)],
                _ => {}
            }
        }
        if self.wave >= self.budget.waves || self.own_trouble() {
            return Vec::new();
        }
        self.wave += 1;
        let verdict = self.verdict();
        let mut steps = diagnose::wants(&self.case(&verdict), self.budget.doubted);
        steps.retain(|s| is_safe(&s.method));
        steps.truncate(left);
        steps
    }

    /// Takes an answer.
    pub fn learn(&mut self, mut probe: Probe) {
        probe.id = format!("p{}", self.evidence.probes.len() + 1);
        probe.wave = self.wave;
        self.evidence.probes.push(probe);
    }

    /// Takes further answers to the browser's requests that were asked for beside the inquiry, as a wave of their own.
    #[must_use]
    pub fn sampled(mut self, answers: impl IntoIterator<Item = Probe>) -> Self {
        self.wave = self.evidence.probes.iter().map(|probe| probe.wave).max().unwrap_or_default() + 1;
        for probe in answers {
            self.learn(Probe { purpose: Purpose::Repeat, ..probe });
        }
        self
    }

    /// Ends it.
    pub fn conclude(self) -> Outcome {
        let verdict = self.verdict();
        let case = self.case(&verdict);
        let conclusion = diagnose::diagnose(&case);
        let answered = self.evidence.probes.iter().enumerate().filter(|(_, p)| p.response.is_some());
        let readings = answered.map(|(i, p)| (i, case.answerer_of(p).clone(), case.preflight_passes(p))).collect();
        Outcome { evidence: self.evidence, target: self.target, verdict, conclusion, readings }
    }

    fn verdict(&self) -> Verdict {
        verdict::decide(&self.evidence.ask, &self.evidence.probes, self.budget.engine)
    }

    fn case<'a>(&'a self, verdict: &'a Verdict) -> Case<'a> {
        Case::new(&self.evidence, verdict, &self.target, self.now, self.budget.engine)
    }

    /// Whether a step would carry a secret of the ask's headers to an origin that only a redirect named.
    fn tells_a_stranger(&self, step: &Step) -> bool {
        let ask = &self.evidence.ask;
        let named = step.url.origin() == ask.url.origin() || ask.origin.is_of(&step.url);
        let of_page = |name: &str| ask.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        step.hop > 0 && !named && step.headers.iter().any(|(name, value)| of_page(name) && redact::is_secret(name, value))
    }

    fn own_trouble(&self) -> bool {
        self.evidence.probes.iter().any(|p| p.failure.as_ref().is_some_and(|f| f.kind.is_own()))
    }
}

/// Methods that change nothing on a server. <https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1>.
fn is_safe(method: &str) -> bool {
    matches!(method, "OPTIONS" | "GET" | "HEAD")
}
