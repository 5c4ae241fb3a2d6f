//! The findings for a person: each with its line and a caret under the spot, then the request's way through the rules.

use std::fmt::Write as _;

use colored::Colorize as _;
use unicode_width::UnicodeWidthStr as _;

use super::super::escape::terminal;
use super::{LintReport, RuleTrace, Trace};
use crate::aws::s3::cors::config::Lines;
use crate::cause::Severity;
use crate::lint::Finding;

/// Columns of a source line that are shown.
const MOST_COLUMNS: usize = 160;

/// The report as text; `source` is the file's. `quiet` 1 leaves the last line alone, 2 nothing.
pub fn write(report: &LintReport, source: &str, quiet: u8) -> String {
    let mut out = String::new();
    if quiet > 1 {
        return out;
    }
    if quiet == 0 {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let lines = Lines::new(source);
        for finding in &report.findings {
            show(&mut out, finding, &report.file, &lines);
        }
        if let Some(trace) = &report.trace {
            show_trace(&mut out, trace);
        }
    }
    summary(&mut out, report);
    out
}

fn show(out: &mut String, finding: &Finding, file: &str, lines: &Lines<'_>) {
    let label = match finding.severity {
        Severity::Error => "error".red().bold(),
        Severity::Warning => "warning".yellow().bold(),
        Severity::Note => "note".cyan().bold(),
    };
    let rule = finding.rule.map(|rule| format!(" (rule {rule})")).unwrap_or_default();
    let _ = writeln!(out, "{label}[{}]: {}{rule}", finding.code, terminal(&finding.message).bold());
    let gutter = finding.line.to_string().len();
    let pad = " ".repeat(gutter);
    let file = if file == "-" { "<stdin>" } else { file };
    let _ = writeln!(out, "{pad}{} {}:{}:{}", "-->".blue(), terminal(file), finding.line, finding.column);
    if let Some((text, before, marked)) = excerpt(lines.line(finding.line).unwrap_or_default(), finding) {
        let bar = "|".blue();
        let _ = writeln!(out, "{pad} {bar}");
        let _ = writeln!(out, "{} {bar} {text}", finding.line.to_string().blue());
        let _ = writeln!(out, "{pad} {bar} {}{}", " ".repeat(before), "^".repeat(marked).red().bold());
    }
    if let Some(fix) = &finding.fix {
        let _ = writeln!(out, "{pad} {} fix: {}", "=".blue(), terminal(fix));
    }
    out.push('\n');
}

/// The line as it can be shown, the columns before the caret, and the caret's.
fn excerpt(line: &str, finding: &Finding) -> Option<(String, usize, usize)> {
    let skip = finding.column.saturating_sub(1);
    // Of a very long line, the part around the spot.
    let from = skip.saturating_sub(MOST_COLUMNS / 2);
    let shown = |from: usize, count: usize| terminal(&line.chars().skip(from).take(count).collect::<String>()).replace("\\t", "    ");
    let text = shown(from, MOST_COLUMNS);
    let before = shown(from, skip - from).width();
    let marked = shown(skip, finding.length.min(MOST_COLUMNS / 2)).width().max(1);
    (!text.is_empty()).then_some((text, before, marked))
}

fn show_trace(out: &mut String, trace: &Trace) {
    for RuleTrace { rule, matched, failed_on, detail } in &trace.rules {
        let mark = match (matched, failed_on) {
            (true, _) => "✓".green(),
            (false, Some(_)) => "✗".red(),
            (false, None) => "·".dimmed(),
        };
        let _ = writeln!(out, "{mark} rule {rule}: {}", terminal(detail));
    }
    let reply = &trace.reply;
    let error = reply.error_code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
    let _ = writeln!(out, "\nS3 answers {}{error}", reply.status);
    if let Some(message) = &reply.message {
        let _ = writeln!(out, "  {}", terminal(message));
    }
    for (name, value) in &reply.headers {
        let _ = writeln!(out, "  {name}: {}", terminal(value));
    }
    out.push('\n');
}

fn summary(out: &mut String, report: &LintReport) {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .filter_map(|(severity, name)| match count(severity) {
            0 => None,
            1 => Some(format!("1 {name}")),
            several => Some(format!("{several} {name}s")),
        })
        .collect();
    let found = if counts.is_empty() { "nothing to complain about".to_owned() } else { counts.join(", ") };
    let request = report.trace.as_ref().map(|trace| format!("; {}", trace.outcome())).unwrap_or_default();
    let line = format!("{found}{request}");
    let _ = writeln!(out, "{}", if report.passed() { line.green() } else { line.red() });
}
