//! SARIF 2.1.0, which code scanning services read. <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::Tool;
use super::LintReport;
use crate::cause::Severity;
use crate::lint::Finding;

/// One run with one result a finding.
pub fn write(report: &LintReport) -> String {
    let tool = Tool::default();
    let mut codes: BTreeSet<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    let mut results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &report.file)).collect();
    if let Some(trace) = report.trace.as_ref().filter(|trace| !trace.allowed) {
        codes.insert("request-refused");
        let why = trace.rules.iter().map(|rule| format!("rule {}: {}", rule.rule, rule.detail)).collect::<Vec<_>>().join("; ");
        let location = json!([{"physicalLocation": {"artifactLocation": {"uri": uri(&report.file)}}}]);
        let message = json!({"text": format!("S3 refuses the request. {why}")});
        results.push(json!({"ruleId": "request-refused", "level": "error", "message": message, "locations": location}));
    }
    let rules: Vec<Value> =
        codes.into_iter().map(|code| json!({"id": code, "shortDescription": {"text": code.replace('-', " ")}})).collect();
    let driver = json!({"name": tool.name, "version": tool.version, "rules": rules});
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    });
    format!("{sarif:#}\n")
}

fn result(finding: &Finding, file: &str) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let fix = finding.fix.as_ref().map(|fix| format!(". Fix: {fix}")).unwrap_or_default();
    let end = finding.column.saturating_add(finding.length);
    let region = json!({"startLine": finding.line, "startColumn": finding.column, "endColumn": end});
    json!({
        "ruleId": finding.code,
        "level": level,
        "message": {"text": format!("{}{fix}", finding.message)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(file)}, "region": region}}],
    })
}

/// A path as a relative URI reference.
fn uri(file: &str) -> String {
    if file == "-" {
        return "stdin".into();
    }
    let mut out = String::new();
    for byte in file.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::s3::cors::read;
    use crate::lint::lint;

    #[test]
    fn every_result_has_its_rule_and_place() {
        let document = read("[{\"AllowedOrigins\": [\"\"], \"AllowedMethods\": [\"get\"]}]").unwrap();
        let report = LintReport::new("conf/cors rules.json", lint(&document), None);
        let sarif: Value = serde_json::from_str(&write(&report)).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
        let run = &sarif["runs"][0];
        let ids: Vec<&str> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().filter_map(|r| r["id"].as_str()).collect();
        assert_eq!(ids, ["empty-origin", "method-case"]);
        for result in run["results"].as_array().unwrap() {
            assert!(ids.contains(&result["ruleId"].as_str().unwrap()));
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "conf/cors%20rules.json");
            assert!(place["region"]["endColumn"].as_u64() > place["region"]["startColumn"].as_u64());
        }
    }
}
