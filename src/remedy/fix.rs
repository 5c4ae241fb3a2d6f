//! One change to make, as data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::evidence::Step;

/// A text of this program, or one that is made of what was seen.
pub type Words = Cow<'static, str>;

/// Text to paste.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Snippet {
    /// `python`, `javascript`, `json`, `yaml`, `hcl`, `shell`, `nginx` …
    pub language: Words,
    /// What it is for, such as `boto3`.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub label: Words,
    /// The text.
    pub code: Words,
}

/// One change to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fix {
    /// A stable name such as `use-regional-endpoint`.
    pub kind: Words,
    /// One line, imperative.
    pub title: Words,
    /// The rest.
    pub detail: Words,
    /// Ready to paste.
    #[serde(default)]
    pub snippets: Vec<Snippet>,
    /// By observation or by a trace; `None`: not tried.
    pub verified: Option<bool>,
    /// How it was verified, and what that showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The request that proves it: it is sent as a follow-up, and the fix counts as verified when a browser would let
    /// its answer through.
    #[serde(skip)]
    pub proof: Option<Step>,
}

/// How a change was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Check {
    /// By what.
    pub by: By,
    /// What it showed.
    pub says: String,
}

/// By what a change was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A request was sent, and its answer judged.
    Probe,
    /// The change was evaluated offline, by the documented rules of the service.
    Trace,
    /// The answer that was seen was judged for the changed request.
    Answer,
}

impl Snippet {
    /// A text to paste.
    pub fn new(language: &'static str, label: impl Into<Words>, code: impl Into<Words>) -> Self {
        Self { language: language.into(), label: label.into(), code: code.into() }
    }
}

impl Fix {
    /// A change to make.
    pub fn new(kind: &'static str, title: impl Into<Words>, detail: impl Into<Words>) -> Self {
        Self {
            kind: kind.into(),
            title: title.into(),
            detail: detail.into(),
            snippets: Vec::new(),
            verified: None,
            check: None,
            proof: None,
        }
    }

    /// Adds text to paste.
    #[must_use]
    pub fn snippet(mut self, language: &'static str, label: impl Into<Words>, code: impl Into<Words>) -> Self {
        self.snippets.push(Snippet::new(language, label, code));
        self
    }

    /// Says whether it does, and how that was found out.
    #[must_use]
    pub fn verified(mut self, does: bool, by: By, says: impl Into<String>) -> Self {
        self.verified = Some(does);
        self.check = Some(Check { by, says: says.into() });
        self
    }

    /// Whether it does and how that was found out, in a few words; nothing where nobody tried.
    pub fn mark(&self) -> Option<&'static str> {
        let by = self.check.as_ref().map_or(By::Probe, |check| check.by);
        Some(match (self.verified?, by) {
            (true, By::Probe) => "verified by a probe",
            (true, By::Trace) => "traced offline",
            (true, By::Answer) => "the answer that was seen would do",
            (false, By::Probe) => "a probe shows it is not enough alone",
            (false, By::Trace) => "a trace shows it is not enough alone",
            (false, By::Answer) => "the answer that was seen would not do",
        })
    }

    /// Names the request that would prove it.
    #[must_use]
    pub fn proven_by(mut self, step: Step) -> Self {
        self.proof = Some(step);
        self
    }
}
