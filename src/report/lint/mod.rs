//! What `whycors lint` says: its JSON as contracted, and one file a further form of output. Never decides.

pub mod github;
#[cfg(feature = "cli")]
pub mod human;
pub mod sarif;

use serde::{Deserialize, Serialize};

use super::SCHEMA_VERSION;
use crate::aws::s3::cors::engine;
use crate::cause::Severity;
use crate::lint::Finding;

/// Findings and, when a request was given, its way through the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LintReport {
    /// Version of this shape.
    pub schema_version: String,
    /// The file, or `-`.
    pub file: String,
    /// Whether there is no error.
    pub valid: bool,
    /// Everything that was found, in the order of the file.
    pub findings: Vec<Finding>,
    /// `null` without a request.
    pub trace: Option<Trace>,
}

/// How S3 treats the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Trace {
    /// Whether a rule matches.
    pub allowed: bool,
    /// Index of the rule that answers.
    pub rule: Option<usize>,
    /// Each rule's part.
    pub rules: Vec<RuleTrace>,
    /// What S3 answers.
    pub reply: Reply,
}

/// One rule against the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleTrace {
    /// Its index.
    pub rule: usize,
    /// Whether it answers.
    pub matched: bool,
    /// `origin`, `method` or `header`: the first part that fails.
    pub failed_on: Option<String>,
    /// Every part that fails, and on which value.
    pub detail: String,
}

/// S3's answer, as far as CORS makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reply {
    /// The status; of an actual request 200, which its own errors may change.
    pub status: u16,
    /// CORS headers and `vary`.
    pub headers: Vec<(String, String)>,
    /// `<Code>` of the refusal.
    pub error_code: Option<String>,
    /// `<Message>` of the refusal.
    pub message: Option<String>,
}

impl LintReport {
    /// The report of a file.
    pub fn new(file: &str, findings: Vec<Finding>, trace: Option<&engine::Trace>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION.into(),
            file: file.into(),
            valid: !findings.iter().any(|finding| finding.severity == Severity::Error),
            findings,
            trace: trace.map(Trace::from),
        }
    }

    /// Whether there is no error and the traced request, if any, is allowed.
    pub fn passed(&self) -> bool {
        self.valid && self.trace.as_ref().is_none_or(|trace| trace.allowed)
    }

    /// The contracted JSON.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Trace {
    /// What becomes of the request, in a clause.
    pub fn outcome(&self) -> &'static str {
        match self.reply.status {
            _ if self.allowed => "S3 allows the request",
            ..400 => "S3 serves the request without CORS headers, so the page may not read the answer",
            _ => "S3 refuses the request",
        }
    }
}

impl From<&engine::Trace> for Trace {
    fn from(trace: &engine::Trace) -> Self {
        let rule = |(rule, it): (usize, &engine::RuleTrace)| RuleTrace {
            rule,
            matched: it.matched,
            failed_on: it.failed_on.map(|part| part.name().to_owned()),
            detail: it.detail.clone(),
        };
        let reply = Reply {
            status: trace.reply.status,
            headers: trace.reply.headers.clone(),
            error_code: trace.reply.error_code.map(str::to_owned),
            message: trace.reply.message.clone(),
        };
        Self { allowed: trace.allowed, rule: trace.rule, rules: trace.rules.iter().enumerate().map(rule).collect(), reply }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_without_headers_is_not_called_refused() {
        for (allowed, status, says) in [(true, 200, "allows"), (false, 200, "serves the request without CORS"), (false, 403, "refuses")] {
            let reply = Reply { status, headers: Vec::new(), error_code: None, message: None };
            let trace = Trace { allowed, rule: None, rules: Vec::new(), reply };
            assert!(trace.outcome().contains(says), "{allowed} {status}");
        }
    }
}
