//! What a bucket's CORS rules say at its own region, when the page asks at another: the second fault behind the first.

use url::Url;

use super::attribution::{Attribution, Split, attribute, boundary};
use super::trial::{Question, Trial, trials_at};
use super::{answered, error_of, listed, plan, quote, rule};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{Probe, Step};

/// What S3 said to the page's own preflight at another name of the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// It was not asked, or sent elsewhere again.
    Open,
    /// A browser would go on.
    Passes,
    /// No CORS rule covers it, or there is none: status, code and message.
    Rules(String, String),
    /// There is no such bucket.
    NoBucket(String),
    /// It is sent away from there as well.
    Away(String),
    /// Something else refuses it.
    Other(String),
}

/// The trials of the page's request at the bucket's own name.
pub(in crate::cause) struct Elsewhere<'a> {
    own: Question,
    place: Url,
    trials: Vec<Trial<'a>>,
    attribution: Attribution,
    answer: Answer,
}

impl<'a> Elsewhere<'a> {
    /// `probe`: the page's own preflight there.
    pub(in crate::cause) fn of(case: &'a Case<'_>, place: &Url, probe: Option<&Probe>) -> Self {
        let own = Question::of(case);
        let trials = trials_at(case, &own, place);
        let attribution = attribute(&own, &trials);
        Self { own, place: place.clone(), trials, attribution, answer: probe.map_or(Answer::Open, |probe| Answer::of(case, probe)) }
    }

    /// How sure it is that the other name is the way out.
    pub(in crate::cause) fn confidence(&self) -> Confidence {
        if matches!(self.answer, Answer::Open | Answer::NoBucket(_) | Answer::Away(_)) { Confidence::Likely } else { Confidence::Confirmed }
    }

    /// What came of it there, as a sentence with a space before it.
    pub(in crate::cause) fn outcome(&self) -> String {
        let host = self.place.host_str().unwrap_or_default();
        match &self.answer {
            Answer::Open => String::new(),
            Answer::Passes => format!(" The same preflight sent to {host} passes."),
            Answer::Rules(code, words) => format!(
                " At {host} S3 answers for the bucket, but refuses this preflight as well ({code}{}): after the host, the CORS rules need \
                 a change.{}",
                if self.attribution == Attribution::Open { words.as_str() } else { "" },
                self.sentence()
            ),
            Answer::NoBucket(says) => {
                format!(" But at {host} S3 says that there is no such bucket ({says}): the name is misspelt, or the bucket was deleted.")
            }
            Answer::Away(says) => format!(" But {host} sends this preflight away as well ({says}), so where the bucket is stays open."),
            Answer::Other(says) => format!(" At {host} this preflight is refused as well ({says}): that is the next thing to mend."),
        }
    }

    /// Adds the probes that are left to ask there, and what has to change there.
    pub(in crate::cause) fn add_to(&self, case: &Case<'_>, finding: Finding) -> Finding {
        let finding = self.steps(case).into_iter().fold(finding, Finding::want);
        match self.answer {
            Answer::Rules(..) => self.cite(finding).fix(self.fix(case)),
            Answer::NoBucket(_) => finding.fix(rule::correct_name()),
            Answer::Passes => {
                let host = self.place.host_str().unwrap_or_default();
                finding.rule_out("s3-cors-no-match", format!("at {host} the rules let the same preflight pass"))
            }
            Answer::Open | Answer::Away(_) | Answer::Other(_) => finding,
        }
    }

    fn steps(&self, case: &Case<'_>) -> Vec<Step> {
        let settled =
            self.attribution == Attribution::Passes || matches!(self.answer, Answer::NoBucket(_) | Answer::Away(_) | Answer::Other(_));
        if settled { Vec::new() } else { plan::steps_at(case, &self.own, &self.trials, &self.place) }
    }

    fn sentence(&self) -> String {
        let Question { origin, method, .. } = &self.own;
        match &self.attribution {
            Attribution::Open | Attribution::Passes => String::new(),
            Attribution::Header { guilty, suspects, passing, .. } => format!(" There, {}", boundary(method, guilty, suspects, passing)),
            Attribution::Method { passing } => format!(" There, {} passes for this origin; {method} fails.", listed(passing)),
            Attribution::Origin { neighbour: Some(near), .. } => format!(" There, {near} passes; {origin} fails with every method."),
            Attribution::Origin { neighbour: None, .. } => format!(" There, {origin} fails with every method."),
            Attribution::Split(Split::MethodAndHeaders(_) | Split::Headers) => {
                " There, each part of the request is allowed by some rule, and all of it by none.".to_owned()
            }
        }
    }

    /// Cites the trials that draw the line.
    fn cite(&self, finding: Finding) -> Finding {
        let told = self.trials.iter().filter(|trial| trial.question.origin == self.own.origin && trial.question.method == self.own.method);
        told.take(4).fold(finding, |finding, trial| {
            let outcome = if trial.matched { "passes" } else { "is refused" };
            let host = self.place.host_str().unwrap_or_default();
            finding.cite(trial.probe, format!("at {host} {} {outcome}", trial.question.describe(&self.own)))
        })
    }

    /// The rule that is missing there.
    fn fix(&self, case: &Case<'_>) -> Fix {
        let origin = &self.own.origin;
        let title = match &self.attribution {
            Attribution::Header { guilty, scattered: false, .. } if !guilty.is_empty() => {
                format!("then add {} to AllowedHeaders of the rule for {origin}", listed(guilty))
            }
            Attribution::Method { .. } => format!("then add {} to AllowedMethods of the rule for {origin}", self.own.method),
            _ => format!("then give the bucket a CORS rule for {origin}"),
        };
        rule::add_rule_for(case, &self.own, self.trials.clone(), title)
    }
}

impl Answer {
    fn of(case: &Case<'_>, probe: &Probe) -> Self {
        match case.preflight_passes(probe) {
            Some(true) => return Self::Passes,
            None => return Self::Open,
            Some(false) => {}
        }
        let Some(response) = probe.response.as_ref().filter(|_| answered(case, probe)) else { return Self::Open };
        let Some(error) = error_of(case, probe) else { return Self::Other(response.status.to_string()) };
        let says = |text: &str| error.message.contains(text);
        match error.code.as_str() {
            "PermanentRedirect" | "TemporaryRedirect" | "Redirect" | "IllegalLocationConstraintException" => {
                Self::Away(quote(response, error))
            }
            "NoSuchBucket" => Self::NoBucket(quote(response, error)),
            _ if says("Bucket not found") => Self::NoBucket(quote(response, error)),
            code if says("This CORS request is not allowed") || says("CORS is not enabled") => {
                Self::Rules(format!("{} {code}", response.status), format!(": {}", error.message))
            }
            _ => Self::Other(quote(response, error)),
        }
    }
}
