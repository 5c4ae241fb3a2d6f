//! The endpoint forms of one bucket side by side, for people.

use std::fmt::Write as _;

use colored::Colorize;

use super::escape::terminal;
use super::human::{self, HumanOptions};
use super::{Batch, Entry};

/// One table, then what to use; the first form in full where none passes.
pub fn write(batch: &Batch, options: &HumanOptions) -> String {
    let Some(bucket) = &batch.bucket else { return String::new() };
    let mut out = format!("{} in {}\n\n", terminal(&bucket.name).bold(), bucket.region);
    let widest = batch.results.iter().map(|e| e.name().len()).max().unwrap_or_default();
    for entry in &batch.results {
        out.push_str(&row(entry, widest));
    }
    let Some(url) = &bucket.usable else {
        let answered = if batch.summary.inconclusive > 0 { " that answered" } else { "" };
        let _ = write!(out, "\nNo form of endpoint{answered} lets this request through. At the one to prefer:\n\n");
        out.push_str(&batch.results.first().map(|entry| human::write(&entry.report, options)).unwrap_or_default());
        return out;
    };
    let _ = write!(out, "\n{} {}\n", "Use".bold(), terminal(url.as_str()));
    let shown = if options.verbose > 0 { bucket.snippets.len() } else { 2 };
    for snippet in bucket.snippets.iter().take(shown) {
        let _ = writeln!(out, "  {}:", terminal(&snippet.label));
        for line in snippet.code.lines() {
            let _ = writeln!(out, "    {}", terminal(line).cyan());
        }
    }
    if bucket.snippets.len() > shown {
        let _ = writeln!(out, "  {}", format!("{} more SDKs with -v.", bucket.snippets.len() - shown).dimmed());
    }
    out
}

fn row(entry: &Entry, widest: usize) -> String {
    let report = &entry.report;
    let mark = match report.verdict.allowed {
        Some(true) => "✓".green(),
        Some(false) => "✗".red(),
        None => "?".yellow(),
    };
    let status =
        report.probes.iter().filter(|p| p.wave == 0).find_map(|p| p.response.as_ref()).map_or("–".to_owned(), |r| r.status.to_string());
    let why = report.diagnosis.as_ref().map(|d| d.cause.clone()).unwrap_or_default();
    let remark = entry.check.as_ref().and_then(|c| c.shortfalls.first()).map(|r| format!("  ({})", terminal(r)).dimmed().to_string());
    format!("{mark} {:<widest$}  {status:>3}  {why}{}\n", entry.name(), remark.unwrap_or_default())
}
