//! The report as contracted: what `--format json` prints and `whycors replay` reads.

use serde::{Deserialize, Serialize};

use super::samples::Samples;
use super::vantage::Vantage;
use crate::allow_map::AllowMap;
use crate::ask::Ask;
use crate::aws::Target;
use crate::diagnose::{Diagnosis, Note};
use crate::evidence::{Probe, redact};
use crate::inquiry::Outcome;
use crate::layer::Layer;
use crate::verdict::Verdict;

/// Version of the report's shape.
pub const SCHEMA_VERSION: &str = "1";

/// One ask, judged and explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// Version of this shape.
    pub schema_version: String,
    /// Who made it.
    pub tool: Tool,
    /// The caller's name for the ask; what is no text comes as its JSON.
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
    /// From where it was seen.
    #[serde(default)]
    pub vantage: Vantage,
    /// The bucket's CORS configuration as the user gave it (`--config`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors_config: Option<serde_json::Value>,
    /// Who answered each probe, and what the answer is worth.
    #[serde(default)]
    pub readings: Vec<Reading>,
    /// What the endpoint lets through, with `--map`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<AllowMap>,
    /// The first request at every address, or several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<Samples>,
}

/// What one answer shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reading {
    /// The probe's id.
    pub probe: String,
    /// The component that answered.
    pub layer: Layer,
    /// Components that the answer passed through, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Layer>,
    /// The header line or sentence that shows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sign: String,
    /// For a preflight: whether a browser would let its answer through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<bool>,
}

/// Who made a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
    /// When it was made, in seconds since 1970.
    pub fn taken_at(&self) -> Option<i64> {
        let text = self.started_at.as_deref()?;
        let time = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
        Some(time.unix_timestamp())
    }

    /// Whether it holds anything from an authenticated request: a key, a token, a cookie or a signature was sent. To be asked
    /// before the secrets are cut.
    pub fn is_authenticated(&self) -> bool {
        let secret = |name: &str, value: &str| !value.is_empty() && redact::is_secret_header(name);
        let signed = |url: &str| matches!(redact::text(url), std::borrow::Cow::Owned(_));
        signed(self.ask.url.as_str())
            || self.ask.headers.iter().any(|(name, value)| secret(name, value.as_deref().unwrap_or_default()))
            || self.probes.iter().any(|p| signed(&p.request.url) || p.request.headers.iter().any(|(name, value)| secret(name, value)))
    }

    /// The report of an inquiry.
    pub fn of(outcome: Outcome, duration_ms: Option<f64>) -> Self {
        let readings = outcome.readings.into_iter().filter_map(|(index, answerer, passes)| {
            let probe = outcome.evidence.probes.get(index)?.id.clone();
            Some(Reading { probe, layer: answerer.layer, through: answerer.through, sign: answerer.sign, passes })
        });
        let readings = readings.collect();
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
            vantage: Vantage::of(&outcome.evidence.probes),
            probes: outcome.evidence.probes,
            cors_config: outcome.evidence.cors_config,
            readings,
            map: None,
            samples: None,
        }
    }
}
