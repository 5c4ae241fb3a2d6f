//! The findings as a SARIF log, each at its spot.

use serde_json::json;

use super::super::sarif::{Hit, log};
use super::LintReport;
use crate::cause::Severity;
use crate::lint::Finding;

/// One result a finding, and one for a traced request that is refused.
pub fn write(report: &LintReport) -> String {
    let mut hits: Vec<Hit> = report.findings.iter().map(|finding| hit(finding, &report.file)).collect();
    if let Some(trace) = report.trace.as_ref().filter(|trace| !trace.allowed) {
        let why = trace.rules.iter().map(|rule| format!("rule {}: {}", rule.rule, rule.detail)).collect::<Vec<_>>().join("; ");
        hits.push(Hit {
            rule: "request-refused".into(),
            severity: Severity::Error,
            message: format!("{}. {why}", trace.outcome()),
            place: Some((report.file.clone(), None)),
            subject: None,
        });
    }
    log(&hits)
}

fn hit(finding: &Finding, file: &str) -> Hit {
    let fix = finding.fix.as_ref().map(|fix| format!(". Fix: {fix}")).unwrap_or_default();
    let end = finding.column.saturating_add(finding.length);
    let region = json!({"startLine": finding.line, "startColumn": finding.column, "endColumn": end});
    Hit {
        rule: finding.code.clone(),
        severity: finding.severity,
        message: format!("{}{fix}", finding.message),
        place: Some((file.to_owned(), Some(region))),
        subject: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

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
