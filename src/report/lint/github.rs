//! Workflow commands of GitHub Actions: one annotation a finding.
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;

use super::LintReport;
use crate::cause::Severity;
use crate::report::escape::{github_data as data, github_property as property};

/// The annotations, and one for a traced request that is refused.
pub fn write(report: &LintReport) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let kind = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let fix = finding.fix.as_ref().map(|fix| format!("\n{fix}")).unwrap_or_default();
        let end = finding.column.saturating_add(finding.length);
        let place = format!(
            "file={},line={},col={},endColumn={end},title={}",
            property(&report.file),
            finding.line,
            finding.column,
            property(&finding.code)
        );
        let _ = writeln!(out, "::{kind} {place}::{}", data(&format!("{}{fix}", finding.message)));
    }
    if let Some(trace) = report.trace.as_ref().filter(|trace| !trace.allowed) {
        let why = trace.rules.iter().map(|rule| format!("rule {}: {}", rule.rule, rule.detail)).collect::<Vec<_>>().join("\n");
        let _ = writeln!(out, "::error file={},title=refused::{}", property(&report.file), data(&format!("{}\n{why}", trace.outcome())));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::s3::cors::read;
    use crate::lint::lint;

    #[test]
    fn one_line_a_finding_and_no_way_out_of_it() {
        let document = read("[{\"AllowedOrigins\": [\"a%\\n::x\"], \"AllowedMethods\": [\"GET\"]}]").unwrap();
        let text = write(&LintReport::new("a,b:c.json", lint(&document), None));
        assert_eq!(text.lines().count(), 1);
        assert!(text.starts_with("::error file=a%2Cb%3Ac.json,line=1,col=22,endColumn="), "{text}");
        assert!(text.contains("a%25%0A::x"), "{text}");
    }
}
