//! SARIF 2.1.0, which code scanning services read: a result for each failure, at the expectation's own line.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::escape::terminal_lines;
use super::words::first_line;
use super::{Batch, Entry, Location, Tool};
use crate::cause::{self, Severity};

/// One result of a log.
pub(super) struct Hit {
    /// The rule that it is about.
    pub(super) rule: String,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What is wrong, and what to do.
    pub(super) message: String,
    /// A file, and the region in it where one is known.
    pub(super) place: Option<(String, Option<Value>)>,
    /// The check, or the request: what tells two results of one line apart.
    pub(super) subject: Option<String>,
}

/// Several results as one log.
pub fn write(batch: &Batch) -> String {
    log(&batch.results.iter().flat_map(hits).collect::<Vec<_>>())
}

/// One run with these results and the rules that they name.
pub(super) fn log(hits: &[Hit]) -> String {
    let tool = Tool::default();
    let rules: BTreeMap<&str, Value> = hits.iter().map(|hit| (hit.rule.as_str(), rule(&hit.rule))).collect();
    let numbers: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let results: Vec<Value> = hits.iter().map(|hit| result(hit, numbers.get(hit.rule.as_str()).copied())).collect();
    let driver = json!({"name": tool.name, "version": tool.version, "rules": rules.values().collect::<Vec<_>>()});
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    });
    format!("{sarif:#}\n")
}

/// What a code means: as the catalogue says, or its own words.
fn rule(code: &str) -> Value {
    match cause::rule(code) {
        Some(known) => json!({
            "id": code,
            "shortDescription": {"text": known.title},
            "help": {"text": format!("`whycors explain {code}` tells how it looks and how to mend it.")},
        }),
        None => json!({"id": code, "shortDescription": {"text": code.replace('-', " ")}}),
    }
}

fn result(hit: &Hit, number: Option<usize>) -> Value {
    let level = match hit.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut result = json!({"ruleId": hit.rule, "ruleIndex": number, "level": level, "message": {"text": terminal_lines(&hit.message)}});
    if let Some((file, region)) = &hit.place {
        let mut place = json!({"artifactLocation": {"uri": uri(file)}});
        if let Some(region) = region {
            place["region"] = region.clone();
        }
        result["locations"] = json!([{"physicalLocation": place}]);
    }
    if let Some(subject) = &hit.subject {
        result["partialFingerprints"] = json!({"whycorsSubject/v1": subject});
    }
    result
}

/// The failure of an entry, and what else was found.
fn hits(entry: &Entry) -> Vec<Hit> {
    let report = &entry.report;
    let diagnosis = report.diagnosis.as_ref();
    let mut hits = Vec::new();
    let mut add = |rule: &str, severity, message: String| {
        let place = entry.check.as_ref().and_then(|check| check.location.as_ref()).filter(|at| !at.file.is_empty()).map(place);
        hits.push(Hit { rule: rule.to_owned(), severity, message, place, subject: Some(entry.name()) });
    };
    let failed = entry.failed();
    if failed || entry.is_open() {
        let mut lines = vec![entry.name()];
        lines.extend(entry.check.iter().flat_map(|check| check.shortfalls.clone()));
        lines.push(first_line(report));
        lines.extend(diagnosis.iter().filter_map(|d| d.fixes.first()).map(|fix| format!("Fix: {}", fix.title)));
        let rule = match diagnosis {
            Some(diagnosis) => diagnosis.cause.as_str(),
            None if failed => "expectation-not-met",
            None => "inconclusive",
        };
        add(rule, if failed { Severity::Error } else { Severity::Warning }, lines.join("\n"));
    }
    for note in &report.findings {
        let fix = note.fix.as_ref().map(|fix| format!("\nFix: {fix}")).unwrap_or_default();
        add(&note.code, note.severity, format!("{}\n{}{fix}", entry.name(), note.message));
    }
    hits
}

fn place(at: &Location) -> (String, Option<Value>) {
    (at.file.clone(), Some(json!({"startLine": at.line.max(1), "startColumn": at.column.max(1)})))
}

/// A path as a URI reference: relative, as the user gave it, or an absolute one of a file.
fn uri(file: &str) -> String {
    if file == "-" {
        return "stdin".into();
    }
    let drive = matches!(file.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let mut out = String::from(match (file.starts_with('/'), drive) {
        (true, _) => "file://",
        (_, true) => "file:///",
        _ => "",
    });
    for (at, byte) in file.bytes().enumerate() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            b':' if drive && at == 1 => out.push(':'),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{blocked, checked};
    use super::*;

    fn results(batch: &Batch) -> Vec<Value> {
        let sarif: Value = serde_json::from_str(&write(batch)).unwrap();
        sarif["runs"][0]["results"].as_array().unwrap().clone()
    }

    #[test]
    fn a_failure_stands_at_its_expectation() {
        let found = results(&Batch::of(vec![checked("upload", Some(false)), checked("ok", Some(true))], None));
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((&found[0]["ruleId"], &found[0]["level"]), (&json!("s3-wrong-region-redirect"), &json!("error")));
        let place = &found[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "checks/whycors.toml");
        assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&json!(4), &json!(1)));
        assert_eq!((&found[1]["ruleId"], &found[1]["level"]), (&json!("missing-vary-origin"), &json!("warning")));
    }

    #[test]
    fn an_unmet_expectation_without_a_cause_and_silence_have_rules_of_their_own() {
        let mut surprise = checked("strangers stay out", Some(true));
        surprise.check.as_mut().unwrap().met = Some(false);
        let mut silent = checked("nothing known", None);
        silent.report.verdict.allowed = None;
        silent.report.diagnosis = None;
        silent.report.findings.clear();
        let found = results(&Batch::of(vec![surprise, silent], None));
        assert_eq!((&found[0]["ruleId"], &found[1]["ruleId"]), (&json!("expectation-not-met"), &json!("inconclusive")));
        assert_eq!((&found[0]["ruleIndex"], &found[1]["ruleIndex"]), (&json!(0), &json!(1)));
        assert!(results(&Batch::one(blocked()))[0].get("locations").is_none());
    }

    #[test]
    fn a_path_becomes_a_reference() {
        for (path, reference) in [
            ("conf\\a b.toml", "conf/a%20b.toml"),
            ("-", "stdin"),
            ("/etc/a.toml", "file:///etc/a.toml"),
            ("C:\\a:b.toml", "file:///C:/a%3Ab.toml"),
        ] {
            assert_eq!(uri(path), reference);
        }
    }
}
