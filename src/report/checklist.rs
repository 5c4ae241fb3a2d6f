//! Many results for people: a line each, the failures in full, a summary.

use std::fmt::Write as _;

use colored::Colorize;

use super::escape::terminal;
use super::human::{self, HumanOptions};
use super::{Batch, Entry, Summary};

/// Failures told in full; the others have their line.
const IN_FULL: usize = 20;

/// The whole list.
pub fn write(batch: &Batch, options: &HumanOptions) -> String {
    let mut out = String::new();
    if options.quiet == 0 {
        for entry in &batch.results {
            out.push_str(&line(entry));
        }
    }
    out.push_str(&failures(&batch.results, options));
    out.push_str(&changes(batch));
    if options.quiet < 2 {
        out.push_str(&summary(&batch.summary));
    }
    out
}

/// One result in one line.
pub fn line(entry: &Entry) -> String {
    let time = entry.report.duration_ms.map(|ms| format!("  {ms:.0} ms").dimmed().to_string()).unwrap_or_default();
    let name = terminal(&entry.name()).into_owned();
    let checked = entry.check.as_ref().filter(|c| c.expected.is_some());
    let short = checked.map(|c| c.shortfalls.join("; ")).filter(|s| !s.is_empty());
    let cause = || entry.report.diagnosis.as_ref().map(|d| d.cause.clone()).unwrap_or_default();
    match (entry.failed(), entry.report.verdict.allowed) {
        (true, _) => format!("{} {name}: {}{time}\n", "✗".red(), terminal(&short.unwrap_or_else(cause))),
        (false, None) => format!("{} {name}: inconclusive{time}\n", "?".yellow()),
        (false, Some(_)) => format!("{} {name}{time}\n", "✓".green()),
    }
}

/// The failures in full.
pub fn failures(results: &[Entry], options: &HumanOptions) -> String {
    let mut out = String::new();
    if options.quiet > 0 {
        return out;
    }
    let failed: Vec<&Entry> = results.iter().filter(|e| e.failed()).collect();
    for entry in failed.iter().take(IN_FULL) {
        let place = entry.check.as_ref().and_then(|c| c.location.as_ref()).filter(|l| !l.file.is_empty());
        let place = place.map(|l| format!("  {}:{}", terminal(&l.file), l.line)).unwrap_or_default();
        let _ = writeln!(out, "\n{}{}", format!("── {} ", terminal(&entry.name())).bold(), place.dimmed());
        for shortfall in entry.check.iter().flat_map(|c| &c.shortfalls) {
            let _ = writeln!(out, "  {}", terminal(shortfall));
        }
        let _ = write!(out, "\n{}", human::write(&entry.report, options));
    }
    if failed.len() > IN_FULL {
        let _ = writeln!(out, "\n{} more failures; --format json has them in full.", failed.len() - IN_FULL);
    }
    out
}

/// What changed since the baseline.
fn changes(batch: &Batch) -> String {
    let Some(changes) = &batch.changes else { return String::new() };
    if changes.is_empty() {
        return "\nNothing changed since the baseline.\n".into();
    }
    let mut out = format!("\n{}\n", "Changed since the baseline".bold());
    for change in changes {
        let _ = writeln!(out, "  {}: {} → {}", terminal(&change.name), terminal(&change.before), terminal(&change.now));
    }
    out
}

/// The last line.
pub fn summary(summary: &Summary) -> String {
    let seconds = summary.duration_ms.map(|ms| format!(" in {:.1} s", ms / 1000.0)).unwrap_or_default();
    format!("\n{}{seconds}\n", summary.sentence())
}
