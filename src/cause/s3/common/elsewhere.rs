//! What a bucket's CORS rules say at its own region, when the page asks at another: the second fault behind the first.

use url::Url;

use super::attribution::{Attribution, Split, attribute, boundary};
use super::trial::{Question, Trial, trials_at};
use super::{listed, plan, rule};
use crate::cause::{Case, Finding, Fix};
use crate::evidence::Step;

/// The trials of the page's request at the bucket's own name.
pub(crate) struct Elsewhere<'a> {
    own: Question,
    place: Url,
    trials: Vec<Trial<'a>>,
    attribution: Attribution,
}

impl<'a> Elsewhere<'a> {
    pub(crate) fn of(case: &'a Case<'_>, place: &Url) -> Self {
        let own = Question::of(case);
        let trials = trials_at(case, &own, place);
        let attribution = attribute(&own, &trials);
        Self { own, place: place.clone(), trials, attribution }
    }

    /// The preflights that would tell more.
    pub(crate) fn steps(&self, case: &Case<'_>) -> Vec<Step> {
        if self.attribution == Attribution::Passes { Vec::new() } else { plan::steps_at(case, &self.own, &self.trials, &self.place) }
    }

    /// Whether too little was tried to tell which part is refused.
    pub(crate) fn is_open(&self) -> bool {
        self.attribution == Attribution::Open
    }

    /// Which part of the request no rule covers, as a sentence with a blank before it; nothing where that is open.
    pub(crate) fn sentence(&self) -> String {
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
    pub(crate) fn cite(&self, finding: Finding) -> Finding {
        let told = self.trials.iter().filter(|trial| trial.question.origin == self.own.origin && trial.question.method == self.own.method);
        told.take(4).fold(finding, |finding, trial| {
            let outcome = if trial.matched { "passes" } else { "is refused" };
            let host = self.place.host_str().unwrap_or_default();
            finding.cite(trial.probe, format!("at {host} {} {outcome}", trial.question.describe(&self.own)))
        })
    }

    /// The rule that is missing there.
    pub(crate) fn fix(&self, case: &Case<'_>) -> Fix {
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
