//! What changed since an earlier run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Batch, Entry};

/// A result that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// The check, or the request.
    pub name: String,
    /// What it was; `absent` for a new one.
    pub before: String,
    /// What it is; `absent` for one that is gone.
    pub now: String,
}

/// How each result of an earlier run ended, by name.
#[derive(Debug, Clone, Default)]
pub struct Known(BTreeMap<String, String>);

impl Known {
    /// Takes the results of a report in.
    pub fn learn(&mut self, results: &[Entry]) {
        for entry in results {
            self.0.insert(entry.name(), ending(entry));
        }
    }

    /// What differs from a run.
    pub fn compare(&self, batch: &Batch) -> Vec<Change> {
        let now: BTreeMap<String, String> = batch.results.iter().map(|e| (e.name(), ending(e))).collect();
        let names: std::collections::BTreeSet<&String> = self.0.keys().chain(now.keys()).collect();
        let absent = || "absent".to_owned();
        let both = names.into_iter().map(|name| Change {
            name: name.clone(),
            before: self.0.get(name).cloned().unwrap_or_else(absent),
            now: now.get(name).cloned().unwrap_or_else(absent),
        });
        both.filter(|change| change.before != change.now).collect()
    }
}

/// `allowed`, `inconclusive` or `blocked: CAUSE`.
fn ending(entry: &Entry) -> String {
    let cause = entry.report.diagnosis.as_ref().map(|d| format!(": {}", d.cause)).unwrap_or_default();
    match entry.report.verdict.allowed {
        Some(true) => format!("allowed{cause}"),
        Some(false) => format!("blocked{cause}"),
        None => "inconclusive".into(),
    }
}
