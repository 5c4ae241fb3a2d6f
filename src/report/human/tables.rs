//! What stands in tables and lists: samples, the allow map, the standard's checks, and from where all this was seen.

use colored::Colorize;

use super::HumanOptions;
use super::page::Page;
use crate::report::Report;
use crate::report::escape::terminal;
use crate::report::words::spec_link;

pub(super) fn samples(page: &mut Page, report: &Report) {
    let Some(samples) = &report.samples else { return };
    page.heading("Each answer");
    for line in samples.lines() {
        page.wrapped("  ", &line);
    }
}

pub(super) fn map(page: &mut Page, report: &Report) {
    let Some(map) = &report.map else { return };
    page.heading("What the endpoint lets through");
    let mut origins: Vec<&str> = map.cells.iter().map(|c| c.origin.as_str()).collect();
    origins.dedup();
    let mark = |allowed: Option<bool>| match allowed {
        Some(true) => "✓".green(),
        Some(false) => "✗".red(),
        None => "?".yellow(),
    };
    for origin in origins {
        let row: Vec<String> =
            map.cells.iter().filter(|c| c.origin == origin).map(|c| format!("{} {}", mark(c.allowed), terminal(&c.method))).collect();
        page.line(format!("  {}   {}", row.join("  "), terminal(origin)));
    }
    let headers: Vec<String> = map.headers.iter().map(|h| format!("{} {}", mark(h.allowed), terminal(&h.name))).collect();
    page.wrapped("  headers  ", &headers.join("  "));
    let exposed =
        if map.exposed.is_empty() { "nothing but the safelisted ones".into() } else { terminal(&map.exposed.join(", ")).into_owned() };
    page.wrapped("  exposed  ", &exposed);
    let ages: std::collections::BTreeSet<&str> = map.cells.iter().filter_map(|c| c.max_age.as_deref()).collect();
    if !ages.is_empty() {
        page.wrapped("  max-age  ", &terminal(&ages.into_iter().collect::<Vec<_>>().join(", ")));
    }
    page.wrapped("  ", &terminal(&map.guess));
}

/// From where it was seen: an answer that passes here may be another one elsewhere.
pub(super) fn vantage(page: &mut Page, report: &Report, options: &HumanOptions) {
    let matters = report.verdict.allowed == Some(true) || report.vantage.proxy.is_some() || options.verbose > 0;
    if let Some(sentence) = report.vantage.sentence().filter(|_| matters) {
        page.heading("Seen from here");
        page.wrapped("  ", &terminal(&sentence));
    }
}

pub(super) fn checks(page: &mut Page, report: &Report, options: &HumanOptions) {
    if report.verdict.checks.is_empty() {
        return;
    }
    page.heading("The standard, step by step");
    for check in &report.verdict.checks {
        let mark = if check.passed { "✓".green() } else { "✗".red() };
        let name = linked(&terminal(&check.name), spec_link(check), options);
        page.wrapped("  ", &format!("{mark} {name}: wanted {}, found {}", terminal(&check.expected), terminal(&check.found)));
        if !options.links {
            page.line(format!("    {}", terminal(spec_link(check))).dimmed().to_string());
        }
    }
}

/// A text that leads to a page, where the terminal knows such links. <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.
fn linked(text: &str, url: &str, options: &HumanOptions) -> String {
    if options.links { format!("\u{1b}]8;;{}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\", terminal(url)) } else { text.to_owned() }
}
