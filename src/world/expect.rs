//! Whether a conclusion is the one that a world file asks for.

use super::{Expect, World};
use crate::inquiry::Outcome;

impl World {
    /// What is missing of the expected conclusion, a sentence each; nothing when it is met.
    pub fn shortfalls(&self, outcome: &Outcome) -> Vec<String> {
        let expect = &self.expect;
        let diagnosis = outcome.conclusion.diagnosis.as_ref();
        let cause = diagnosis.map(|d| d.cause.as_str());
        let mut short = Vec::new();
        if outcome.verdict.allowed != Some(expect.allowed) {
            short.push(format!("allowed: wanted {}, got {:?}", expect.allowed, outcome.verdict.allowed));
        }
        if let Some(stage) = expect.stage.filter(|stage| *stage != outcome.verdict.stage) {
            short.push(format!("stage: wanted {stage:?}, got {:?}", outcome.verdict.stage));
        }
        if cause != expect.cause.as_deref() {
            short.push(format!("cause: wanted {:?}, got {cause:?}", expect.cause));
        }
        if expect.confidence.is_some() && expect.confidence != diagnosis.map(|d| d.confidence) {
            short.push(format!("confidence: wanted {:?}, got {:?}", expect.confidence, diagnosis.map(|d| d.confidence)));
        }
        if !expect.allowed && cause.is_none() {
            short.push("blocked, but no cause is named".into());
        }
        short.extend(unsaid(expect, outcome));
        short
    }
}

/// Findings and texts that are missing, texts that are there and should not be.
fn unsaid(expect: &Expect, outcome: &Outcome) -> Vec<String> {
    let notes = &outcome.conclusion.notes;
    let missing = expect.findings.iter().filter(|code| notes.iter().all(|note| note.code != **code));
    let mut short: Vec<String> = missing.map(|code| format!("finding {code} is missing")).collect();
    let told = serde_json::json!([outcome.conclusion.diagnosis, notes]).to_string().to_lowercase();
    let says = |text: &&String| told.contains(&text.to_lowercase());
    short.extend(expect.mentions.iter().filter(|text| !says(text)).map(|text| format!("{text:?} is not mentioned")));
    short.extend(expect.unmentioned.iter().filter(says).map(|text| format!("{text:?} is mentioned")));
    short
}
