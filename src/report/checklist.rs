//! Many results for people: a line each, the failures in full, a summary.

use std::fmt::Write as _;

use colored::Colorize;

use super::escape::terminal;
use super::human::{self, HumanOptions};
use super::words::inconclusive;
use super::{Batch, Entry, Summary};

/// Failures told in full; the others have their line.
const IN_FULL: usize = 20;

/// Inconclusive ones told in full: mostly there is one reason for all.
const OPEN_IN_FULL: usize = 3;

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
    match (entry.failed(), entry.is_open()) {
        (true, _) => format!("{} {name}: {}{time}\n", "✗".red(), terminal(&short.unwrap_or_else(cause))),
        (false, true) => format!("{} {name}: {}{time}\n", "?".yellow(), terminal(&reason(entry))),
        (false, false) => format!("{} {name}{time}\n", "✓".green()),
    }
}

/// Why nothing is known.
fn reason(entry: &Entry) -> String {
    let said = entry.check.as_ref();
    let unasked = said.is_none_or(|check| check.expected.is_none()).then(|| inconclusive(&entry.report));
    unasked.into_iter().chain(said.into_iter().flat_map(|check| check.shortfalls.clone())).collect::<Vec<_>>().join("; ")
}

/// The failures in full, and after them what is inconclusive.
pub fn failures(results: &[Entry], options: &HumanOptions) -> String {
    let mut out = String::new();
    if options.quiet > 0 {
        return out;
    }
    let failed: Vec<&Entry> = results.iter().filter(|e| e.failed()).collect();
    let open = results.iter().filter(|e| !e.failed() && e.is_open()).take(OPEN_IN_FULL);
    for entry in failed.iter().copied().take(IN_FULL).chain(open) {
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

#[cfg(test)]
mod tests {
    use super::super::testing::checked;
    use super::*;
    use crate::evidence::{Failure, FailureKind};

    #[test]
    fn of_what_is_inconclusive_the_reason_is_told() {
        let mut entry = checked("a", None);
        entry.report.verdict.allowed = None;
        let detail = "the proxy: connection refused".to_owned();
        entry.report.probes[0].failure = Some(Failure { kind: FailureKind::TcpRefused, detail });
        let tried = "tried 3 times".to_owned();
        for (expected, shortfalls) in
            [(Some("allowed".to_owned()), vec![inconclusive(&entry.report), tried.clone()]), (None, vec![tried.clone()])]
        {
            let check = entry.check.as_mut().unwrap();
            (check.expected, check.shortfalls) = (expected, shortfalls);
            let told = line(&entry);
            let reason = "a: inconclusive: the trouble is on the prober's side: the proxy: connection refused; tried 3 times";
            assert!(told.contains(reason), "{told}");
            let full = failures(&[entry.clone()], &HumanOptions::default());
            assert!(full.contains("── a") && full.contains("tried 3 times") && full.contains("What happened"), "{full}");
        }
    }

    #[test]
    fn an_expectation_of_which_nothing_is_known_is_not_met() {
        let mut entry = checked("a", None);
        entry.report.verdict.allowed = Some(true);
        entry.check.as_mut().unwrap().shortfalls = vec!["whether etag is exposed is not known".into()];
        let batch = Batch::of(vec![entry], None);
        let told = write(&batch, &HumanOptions::default());
        assert!(told.contains("? ") && told.contains("a: whether etag is exposed is not known"), "{told}");
        assert!(
            told.ends_with("1 request: 1 allowed, 0 blocked; 0 as expected, 0 not, 1 undecided\n") && batch.summary.is_open(),
            "{told}"
        );
    }
}
