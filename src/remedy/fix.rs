//! One change to make, as data.

use serde::{Deserialize, Serialize};

use crate::evidence::Step;

/// Text to paste.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Snippet {
    /// `python`, `javascript`, `json`, `yaml`, `hcl`, `shell`, `nginx` …
    pub language: String,
    /// What it is for, such as `boto3`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The text.
    pub code: String,
}

/// One change to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fix {
    /// A stable name such as `use-regional-endpoint`.
    pub kind: String,
    /// One line, imperative.
    pub title: String,
    /// The rest.
    pub detail: String,
    /// Ready to paste.
    #[serde(default)]
    pub snippets: Vec<Snippet>,
    /// By observation; `None`: not tried.
    pub verified: Option<bool>,
    /// The request that proves it: it is sent as a follow-up, and the fix counts as verified when a browser would let
    /// its answer through.
    #[serde(skip)]
    pub proof: Option<Step>,
}

impl Snippet {
    /// A text to paste.
    pub fn new(language: &str, label: &str, code: impl Into<String>) -> Self {
        Self { language: language.into(), label: label.into(), code: code.into() }
    }
}

impl Fix {
    /// A change to make.
    pub fn new(kind: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind: kind.into(), title: title.into(), detail: detail.into(), snippets: Vec::new(), verified: None, proof: None }
    }

    /// Adds text to paste.
    #[must_use]
    pub fn snippet(mut self, language: &str, label: &str, code: impl Into<String>) -> Self {
        self.snippets.push(Snippet::new(language, label, code));
        self
    }

    /// Names the request that would prove it.
    #[must_use]
    pub fn proven_by(mut self, step: Step) -> Self {
        self.proof = Some(step);
        self
    }
}
