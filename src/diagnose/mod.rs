//! From what the rules found to one diagnosis: specific beats general, sure beats unsure, and what was ruled out is said.

use serde::{Deserialize, Serialize};

use crate::cause::{
    Blame, Case, Citation, Confidence, Finding, Fix, Kind, Place, Rule, Severity, Tier, controls, excluded, repetitions, rules,
};
use crate::evidence::Step;
use crate::layer::Layer;
use crate::remedy::{By, Check};

/// The real cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Diagnosis {
    /// The code, as of `whycors explain`.
    pub cause: String,
    /// Which component answered.
    pub layer: Layer,
    /// How sure.
    pub confidence: Confidence,
    /// Whether the change belongs into the CORS rules.
    #[serde(default)]
    pub cors_rules: bool,
    /// Completes "blocked because …".
    pub title: String,
    /// For the person who is stuck.
    pub explanation: String,
    /// What was seen.
    pub evidence: Vec<Citation>,
    /// Others that fit as well, with what would separate them.
    #[serde(default)]
    pub alternatives: Vec<Reason>,
    /// What it is not.
    #[serde(default)]
    pub ruled_out: Vec<Reason>,
    /// Changes to make, the best first.
    pub fixes: Vec<Fix>,
}

/// A cause with a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reason {
    /// The code.
    pub cause: String,
    /// The sentence.
    pub because: String,
}

/// Something else that is wrong, or good to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Note {
    /// The code.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// What it is.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// What all rules together say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conclusion {
    /// The cause; nothing when nothing is wrong.
    pub diagnosis: Option<Diagnosis>,
    /// The rest.
    pub notes: Vec<Note>,
}

/// Asks every rule what is wrong.
pub fn diagnose(case: &Case<'_>) -> Conclusion {
    // What is said where nothing else fits need not be worked out before that is known.
    let found = findings(case, |tier| tier != Tier::Last);
    // What only stands beside explains nothing, so it hides only what stands there too.
    let hides = |beside: bool| {
        found.iter().filter(move |(_, f)| (f.place == Place::Beside) == beside).flat_map(|(r, _)| r.supersedes.iter().copied())
    };
    let (superseded, superseded_beside): (Vec<&str>, Vec<&str>) = (hides(false).collect(), hides(true).collect());
    let mut conclusion = Conclusion::default();
    for (rule, finding) in found {
        match rule.kind {
            Kind::Note if !superseded.contains(&rule.code) => conclusion.notes.push(note(rule, finding)),
            Kind::Cause if finding.place == Place::Beside => {
                conclusion.notes.extend((!superseded_beside.contains(&rule.code)).then(|| note(rule, finding)));
            }
            Kind::Cause if conclusion.diagnosis.is_none() && !superseded.contains(&rule.code) => {
                conclusion.diagnosis = Some(diagnosis(case, rule, finding));
            }
            Kind::Cause if finding.place == Place::LeadOrBeside && !superseded.contains(&rule.code) => {
                conclusion.notes.push(note(rule, finding));
            }
            _ => {}
        }
    }
    if conclusion.diagnosis.is_none() {
        conclusion.diagnosis =
            findings(case, |tier| tier == Tier::Last).into_iter().map(|(rule, finding)| diagnosis(case, rule, finding)).next();
    }
    if let Some(diagnosis) = &mut conclusion.diagnosis {
        for (code, because) in excluded(case).filter(|(code, _)| *code != diagnosis.cause) {
            diagnosis.alternatives.retain(|other| other.cause != code);
            diagnosis.ruled_out.push(Reason { cause: code.into(), because });
        }
        diagnosis.explanation.push_str(&put_off(case));
    }
    conclusion.notes.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.code.cmp(&b.code)));
    conclusion
}

/// That questions stay open, where the server took follow-ups for too many requests.
fn put_off(case: &Case<'_>) -> String {
    let ids: Vec<&str> = case.follow_ups().filter(|probe| Case::is_put_off(probe)).map(|probe| probe.id.as_str()).collect();
    let Some((first, rest)) = ids.split_first() else { return String::new() };
    let which = if rest.is_empty() { format!("Probe {first} was") } else { format!("{} probes, {first} the first, were", ids.len()) };
    format!(" {which} refused as too many requests, and what that was to tell stays open: ask again later.")
}

/// Asks every rule for the probes that would settle what is open: the best cause's first, without those already made. What is
/// hidden by a sure cause has nothing left to settle, and a fix that is hidden needs no proof. `doubted`: a browser was refused what
/// passes here.
pub fn wants(case: &Case<'_>, doubted: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let found = findings(case, |_| true);
    let hides = |f: &Finding, least| f.place != Place::Beside && f.confidence >= least;
    let hidden_by = |code: &str, least: Confidence| found.iter().any(|(r, f)| hides(f, least) && r.supersedes.contains(&code));
    let controls = controls(case);
    let settling = found.iter().filter(|(rule, _)| !hidden_by(rule.code, Confidence::Confirmed)).flat_map(|(_, f)| &f.wants);
    let shown = found.iter().filter(|(rule, _)| !hidden_by(rule.code, Confidence::Possible));
    let proving = shown.flat_map(|(_, f)| f.fixes.iter().filter_map(|fix| fix.proof.as_ref()));
    let settled = found.iter().any(|(r, f)| r.kind == Kind::Cause && r.tier >= Tier::Specific && f.confidence == Confidence::Confirmed);
    if !settled {
        // The one question that is asked again on purpose. Where answers alternate, those to other questions show little.
        steps.extend(repetitions(case, doubted));
    }
    add_new(case, &mut steps, settling.chain(proving));
    add_new(case, &mut steps, &controls);
    steps
}

/// Adds the steps whose question was neither answered nor is to be asked already.
fn add_new<'s>(case: &Case<'_>, steps: &mut Vec<Step>, more: impl IntoIterator<Item = &'s Step>) {
    for step in more {
        let asked = steps.iter().any(|s| s.method == step.method && s.url == step.url && s.headers == step.headers);
        if !asked && case.answer(step).is_none() {
            steps.push(step.clone());
        }
    }
}

/// What the rules of these tiers say, the most telling first.
fn findings(case: &Case<'_>, asked: impl Fn(Tier) -> bool) -> Vec<(&'static Rule, Finding)> {
    let mut found: Vec<_> = rules().filter(|rule| asked(rule.tier)).filter_map(|rule| Some((rule, (rule.find)(case)?))).collect();
    found.sort_by(|(a, x), (b, y)| (b.tier, y.confidence).cmp(&(a.tier, x.confidence)).then(a.code.cmp(b.code)));
    found
}

fn diagnosis(case: &Case<'_>, rule: &Rule, finding: Finding) -> Diagnosis {
    let reason = |(code, text): (&'static str, String)| Reason { cause: code.into(), because: text };
    let mut fixes = finding.fixes;
    for fix in &mut fixes {
        let answer = fix.proof.as_ref().and_then(|step| case.answer(step));
        if let Some(probe) = answer.filter(|_| fix.verified.is_none()) {
            // An answer that leads elsewhere proves nothing, nor does trouble of our own.
            let failed = probe.failure.as_ref().is_some_and(|failure| !failure.kind.is_own());
            let Some(passes) = case.passes(probe).or(failed.then_some(false)) else { continue };
            let what = if passes { "passes" } else { "does not pass" };
            let what = format!("{}: {} at {} {what}", probe.id, probe.request.method, case.authority_of(probe));
            fix.verified = Some(passes);
            fix.check = Some(Check { by: By::Probe, says: what });
        }
    }
    Diagnosis {
        cause: rule.code.into(),
        layer: finding.layer.unwrap_or(if rule.layer == Layer::Server { case.answerer().layer } else { rule.layer }),
        confidence: finding.confidence,
        cors_rules: finding.cors_rules || rule.blames == Blame::CorsRules,
        title: rule.title.into(),
        explanation: finding.explanation,
        evidence: finding.evidence,
        alternatives: finding.alternatives.into_iter().map(reason).collect(),
        ruled_out: finding.ruled_out.into_iter().map(reason).collect(),
        fixes,
    }
}

fn note(rule: &Rule, finding: Finding) -> Note {
    let fix = finding
        .fixes
        .into_iter()
        .next()
        .map(|f| if f.detail.is_empty() { f.title.into_owned() } else { format!("{}. {}", f.title, f.detail) });
    Note { code: rule.code.into(), severity: finding.severity, message: finding.explanation, fix }
}
