//! What a rule found: citations, fixes, and the probes that would settle it.

use serde::{Deserialize, Serialize};

use crate::evidence::Step;
use crate::layer::Layer;
pub use crate::remedy::{By, Fix, Snippet};

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Others fit as well.
    Possible,
    /// The evidence names it, no probe settled it.
    #[default]
    Likely,
    /// A follow-up probe settled it, or the evidence leaves no other reading.
    Confirmed,
}

/// How bad a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    #[default]
    Note,
    /// Will hurt somebody.
    Warning,
    /// Hurts now.
    Error,
}

/// Where a finding may end up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// It is the diagnosis or it is dropped. A note's rule always goes to the findings.
    #[default]
    Lead,
    /// It is the diagnosis; when another cause leads, it stays worth saying and goes to the findings.
    LeadOrBeside,
    /// It is never the diagnosis: it goes to the findings.
    Beside,
}

/// A piece of evidence: a probe and what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Citation {
    /// The probe's id; nothing for what the ask itself shows.
    pub probe: Option<String>,
    /// The line, quoted as seen.
    pub says: String,
}

/// What a rule says of a case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Finding {
    /// Two or three sentences for the person who is stuck.
    pub explanation: String,
    /// At least one.
    pub evidence: Vec<Citation>,
    /// How sure.
    pub confidence: Confidence,
    /// For notes.
    pub severity: Severity,
    /// Where it goes.
    pub place: Place,
    /// The component, where it is not the rule's own.
    pub layer: Option<Layer>,
    /// Changes to make, the best first.
    pub fixes: Vec<Fix>,
    /// Other codes that fit as well, with what would separate them.
    pub alternatives: Vec<(&'static str, String)>,
    /// Codes that the evidence excludes, with the reason.
    pub ruled_out: Vec<(&'static str, String)>,
    /// Probes that would settle it.
    pub wants: Vec<Step>,
    /// Whether the CORS rules are the trouble, although those of this cause seldom are.
    pub cors_rules: bool,
}

impl Finding {
    /// A finding that cites nothing yet; [`Finding::cite`] at least once.
    pub fn new(explanation: impl Into<String>) -> Self {
        Self { explanation: explanation.into(), ..Self::default() }
    }

    /// Adds a citation of a probe.
    #[must_use]
    pub fn cite(mut self, probe: &crate::evidence::Probe, says: impl Into<String>) -> Self {
        self.evidence.push(Citation { probe: Some(probe.id.clone()), says: says.into() });
        self
    }

    /// Adds a citation of the ask itself.
    #[must_use]
    pub fn cite_ask(mut self, says: impl Into<String>) -> Self {
        self.evidence.push(Citation { probe: None, says: says.into() });
        self
    }

    /// Sets the confidence.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Sets the severity of a note.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets where it goes.
    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Says that here the CORS rules are the trouble.
    #[must_use]
    pub fn blames_cors_rules(mut self) -> Self {
        self.cors_rules = true;
        self
    }

    /// Names the component that answered.
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layer = Some(layer);
        self
    }

    /// Adds a change to make.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Adds another code that fits as well, and what would separate the two.
    #[must_use]
    pub fn or_else(mut self, code: &'static str, separated_by: impl Into<String>) -> Self {
        self.alternatives.push((code, separated_by.into()));
        self
    }

    /// Adds a code that the evidence excludes.
    #[must_use]
    pub fn rule_out(mut self, code: &'static str, because: impl Into<String>) -> Self {
        self.ruled_out.push((code, because.into()));
        self
    }

    /// Asks for a probe.
    #[must_use]
    pub fn want(mut self, step: Step) -> Self {
        self.wants.push(step);
        self
    }
}
