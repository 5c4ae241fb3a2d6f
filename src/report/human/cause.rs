//! Why, and what to do: the cause, its fixes, the probes that settled it, and what else was noticed.

use colored::Colorize;

use super::HumanOptions;
use super::page::Page;
use crate::cause::{By, Fix, Severity};
use crate::diagnose::Diagnosis;
use crate::evidence::{Probe, Purpose};
use crate::report::Report;
use crate::report::escape::{terminal, terminal_lines};
use crate::report::words::{further_fix, sure};

pub(super) fn cause(page: &mut Page, diagnosis: &Diagnosis) {
    let sure = sure(diagnosis.confidence);
    page.heading(&format!("The real cause: {} ({sure})", diagnosis.cause));
    page.wrapped("  ", &terminal_lines(&diagnosis.explanation));
    for citation in &diagnosis.evidence {
        let probe = citation.probe.as_ref().map(|p| format!("{p}: ")).unwrap_or_default();
        page.wrapped("  • ", &format!("{probe}{}", terminal(&citation.says)));
    }
    for other in &diagnosis.alternatives {
        page.wrapped("  or ", &format!("{}: {}", other.cause, terminal(&other.because)));
    }
}

pub(super) fn fixes(page: &mut Page, diagnosis: &Diagnosis, options: &HumanOptions) {
    let shown = if options.verbose > 0 { diagnosis.fixes.len() } else { 2 };
    for (n, fix) in diagnosis.fixes.iter().take(shown).enumerate() {
        one_fix(page, fix, n, options);
    }
    let hidden = diagnosis.fixes.len().saturating_sub(shown);
    if hidden > 0 {
        page.line(format!("  {hidden} more with -v.").dimmed().to_string());
    }
}

fn one_fix(page: &mut Page, fix: &Fix, number: usize, options: &HumanOptions) {
    let mark = match (fix.mark(), fix.verified) {
        (Some(mark), Some(true)) => format!("  {}", format!("✓ {mark}").green()),
        (Some(mark), _) => format!("  {}", format!("✗ {mark}").yellow()),
        _ => String::new(),
    };
    let (label, title) = if number == 0 { ("The fix", &*fix.title) } else { further_fix(&fix.title) };
    page.heading(&format!("{label}: {}{mark}", terminal(title)));
    if !fix.detail.is_empty() {
        page.wrapped("  ", &terminal_lines(&fix.detail));
    }
    // What a probe showed stands among the probes.
    if let Some(check) = fix.check.as_ref().filter(|check| check.by == By::Trace || options.verbose > 0) {
        page.wrapped("  ", &terminal_lines(&check.says));
    }
    let shown = match (options.verbose, number) {
        (0, 0) => 1,
        (0, _) => 0,
        _ => fix.snippets.len(),
    };
    for snippet in fix.snippets.iter().take(shown) {
        if !snippet.label.is_empty() {
            page.line(format!("  {}:", terminal(&snippet.label)));
        }
        page.code(&snippet.code);
    }
    let others: Vec<&str> = fix.snippets.iter().skip(shown).map(|s| if s.label.is_empty() { &*s.language } else { &*s.label }).collect();
    if !others.is_empty() {
        page.wrapped("  ", &format!("With -v also for: {}.", terminal(&others.join(", "))));
    }
}

pub(super) fn checked(page: &mut Page, report: &Report, options: &HumanOptions) {
    const SHOWN: usize = 5;
    // Samples have a table of their own.
    let elsewhere = |probe: &Probe| match probe.purpose {
        Purpose::Preflight | Purpose::Actual => true,
        Purpose::Repeat => report.samples.is_some(),
        _ => false,
    };
    let follow_ups: Vec<&Probe> = report.probes.iter().filter(|probe| !elsewhere(probe)).collect();
    if follow_ups.is_empty() {
        return;
    }
    page.heading("Checked to be sure");
    let shown = if options.verbose > 0 { follow_ups.len() } else { SHOWN };
    for probe in follow_ups.iter().take(shown) {
        page.wrapped(&format!("  {:<4} ", probe.id), &follow_up(report, probe));
    }
    if follow_ups.len() > shown {
        page.line(format!("  {} more with -v.", follow_ups.len() - shown).dimmed().to_string());
    }
}

fn follow_up(report: &Report, probe: &Probe) -> String {
    let request = &probe.request;
    let mut what = format!("{} {}", terminal(&request.method), terminal(&request.url));
    if let (Some(method), Some(origin)) = (request.header("access-control-request-method"), request.header("origin")) {
        let names = match request.header("access-control-request-headers") {
            Some(names) => format!(" with {}", terminal(names)),
            None if !report.ask.headers.is_empty() => " without request headers".to_owned(),
            None => String::new(),
        };
        let from = if origin == report.ask.origin.as_str() { String::new() } else { format!(" from {}", terminal(origin)) };
        let url = if request.url == report.ask.url.as_str() { String::new() } else { format!(" at {}", terminal(&request.url)) };
        what = format!("preflight for {}{names}{from}{url}", terminal(method));
    }
    let reading = report.readings.iter().find(|r| r.probe == probe.id);
    let result = match (&probe.response, &probe.failure) {
        (Some(response), _) => match reading.and_then(|r| r.passes) {
            Some(true) => format!("{} passes", response.status),
            Some(false) => format!("{} does not pass", response.status),
            None => response.status.to_string(),
        },
        (None, Some(failure)) => terminal(&failure.detail).into_owned(),
        (None, None) => "no answer".into(),
    };
    format!("{what}: {result}")
}

pub(super) fn reasons(page: &mut Page, diagnosis: &Diagnosis) {
    if diagnosis.ruled_out.is_empty() {
        return;
    }
    page.heading("Ruled out");
    for reason in &diagnosis.ruled_out {
        page.wrapped("  • ", &format!("{}: {}", reason.cause, terminal(&reason.because)));
    }
}

pub(super) fn findings(page: &mut Page, report: &Report) {
    if report.findings.is_empty() {
        return;
    }
    page.heading("Also noticed");
    for note in &report.findings {
        let severity = match note.severity {
            Severity::Error => "error".red(),
            Severity::Warning => "warning".yellow(),
            Severity::Note => "note".normal(),
        };
        let fix = note.fix.as_ref().map(|f| format!("\n→ {}", terminal(f))).unwrap_or_default();
        page.wrapped("  • ", &format!("{severity} {}: {}{fix}", note.code, terminal(&note.message)));
    }
}
