//! Workflow commands of GitHub Actions: an annotation for each failure, at its place in the checks file.
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;

use super::escape::{github_data as data, github_property as property};
use super::words::first_line;
use super::{Batch, Entry};
use crate::cause::Severity;

/// GitHub shows far fewer annotations of a step; the log has these. Errors come first, so that no warning takes their place.
const MOST: usize = 200;

/// The annotations, and a line that sums up.
pub fn write(batch: &Batch) -> String {
    let mut out = String::new();
    let (errors, warnings): (Vec<_>, Vec<_>) = batch.results.iter().flat_map(annotations).partition(|line| line.starts_with("::error"));
    let left_out = (errors.len() + warnings.len()).saturating_sub(MOST);
    errors.iter().chain(&warnings).take(MOST).for_each(|line| out.push_str(line));
    if left_out > 0 {
        let _ = writeln!(out, "{left_out} more annotations are left out here; every report is in --report json=FILE");
    }
    out.push_str(&changes(batch));
    let _ = writeln!(out, "{}", batch.summary.sentence());
    out
}

/// All that changed in one annotation: the step has room for few.
fn changes(batch: &Batch) -> String {
    let Some(changes) = batch.changes.as_ref().filter(|changes| !changes.is_empty()) else { return String::new() };
    let told = changes.iter().take(MOST).map(|change| format!("{}: {} → {}", change.name, change.before, change.now));
    let rest = (changes.len() > MOST).then(|| format!("{} more", changes.len() - MOST));
    let lines: Vec<String> = told.chain(rest).collect();
    format!("::notice title=Changed since the baseline::{}\n", data(&lines.join("\n")))
}

fn annotations(entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    let report = &entry.report;
    let kind = match (entry.failed(), report.verdict.allowed) {
        (true, _) => Some("error"),
        (false, _) if entry.is_open() => Some("warning"),
        // CORS is fine, the request itself is refused.
        (false, Some(true)) if report.diagnosis.is_some() && entry.check.is_none() => Some("warning"),
        (false, _) => None,
    };
    if let Some(kind) = kind {
        let mut message: Vec<String> = entry.check.iter().flat_map(|check| check.shortfalls.clone()).collect();
        message.push(first_line(report));
        message.extend(report.diagnosis.iter().filter_map(|d| d.fixes.first()).map(|fix| format!("Fix: {}", fix.title)));
        lines.push(format!("::{kind} {}::{}\n", place(entry, &entry.name()), data(&message.join("\n"))));
    }
    for note in report.findings.iter().filter(|note| note.severity != Severity::Note) {
        lines.push(format!("::warning {}::{}\n", place(entry, &note.code), data(&format!("{}: {}", entry.name(), note.message))));
    }
    lines
}

fn place(entry: &Entry, title: &str) -> String {
    let title = format!("title={}", property(title));
    match entry.check.as_ref().and_then(|check| check.location.as_ref()).filter(|at| !at.file.is_empty() && at.file != "-") {
        Some(at) => format!("file={},line={},col={},{title}", property(&at.file), at.line, at.column),
        None => title,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{blocked, checked};
    use super::*;

    #[test]
    fn each_annotation_is_one_line_at_its_place() {
        let text = write(&Batch::of(vec![checked("a: b, c", Some(false)), checked("ok", Some(true))], None));
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.starts_with("::error file=checks/whycors.toml,line=4,col=1,title=a%3A b%2C c::expected allowed"), "{text}");
        assert!(text.lines().all(|line| line.starts_with("::") != line.contains("requests:")));
    }

    #[test]
    fn no_warning_takes_the_place_of_an_error() {
        let mut results = vec![checked("warned", None); MOST];
        for entry in &mut results {
            entry.report.verdict.allowed = None;
        }
        results.push(checked("failed", Some(false)));
        let text = write(&Batch::of(results, None));
        assert!(text.starts_with("::error ") && text.contains("more annotations are left out"), "{text}");
    }

    #[test]
    fn what_changed_is_one_notice() {
        let change = |name: &str| super::super::Change { name: name.into(), before: "allowed".into(), now: "absent".into() };
        let mut batch = Batch::of(vec![checked("ok", Some(true))], None);
        batch.changes = Some(vec![change("a"), change("b\n::error::x")]);
        let text = write(&batch);
        let notice = "::notice title=Changed since the baseline::a: allowed → absent%0Ab%0A::error::x: allowed → absent\n";
        assert!(text.starts_with(notice) && !text.contains("\n::error"), "{text}");
        batch.changes = Some(Vec::new());
        assert!(!write(&batch).contains("::notice"));
    }

    #[test]
    fn a_server_cannot_give_commands() {
        let text = write(&Batch::one(blocked()));
        assert_eq!(text.matches("\n::").count() + 1, 2, "{text}");
        assert!(text.contains("%250A::error::x"), "{text}");
    }
}
