//! What to change, as data: fixes with snippets ready to paste, in the form the user deploys. One file a platform.

pub mod client;
pub mod sdk_headers;

use serde::{Deserialize, Serialize};

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

impl Snippet {
    /// A text to paste.
    pub fn new(language: &str, label: &str, code: impl Into<String>) -> Self {
        Self { language: language.into(), label: label.into(), code: code.into() }
    }
}
