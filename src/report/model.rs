//! The report as contracted: what `--format json` prints and `whycors replay` reads.

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::aws::Target;
use crate::diagnose::{Diagnosis, Note};
use crate::evidence::Probe;
use crate::inquiry::Outcome;
use crate::verdict::Verdict;

/// Version of the report's shape.
pub const SCHEMA_VERSION: &str = "1";

/// One ask, judged and explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this shape.
    pub schema_version: String,
    /// Who made it.
    pub tool: Tool,
    /// The caller's name for the ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// What was asked.
    pub ask: Ask,
    /// What the URL points at.
    pub target: Target,
    /// What the browser decides.
    pub verdict: Verdict,
    /// Why; `null` when nothing is wrong.
    pub diagnosis: Option<Diagnosis>,
    /// What else is wrong.
    pub findings: Vec<Note>,
    /// What was sent and seen.
    pub probes: Vec<Probe>,
}

/// Who made a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Tool {
    /// `whycors`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() }
    }
}

impl Report {
    /// The report of an inquiry.
    pub fn of(outcome: Outcome, duration_ms: Option<f64>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION.into(),
            tool: Tool::default(),
            id: outcome.evidence.id,
            started_at: outcome.evidence.started_at,
            duration_ms,
            ask: outcome.evidence.ask,
            target: outcome.target,
            verdict: outcome.verdict,
            diagnosis: outcome.conclusion.diagnosis,
            findings: outcome.conclusion.notes,
            probes: outcome.evidence.probes,
        }
    }
}
