//! The report for the person who is stuck: one sentence first, then the wire, the cause and the fix. One screen.

mod cause;
mod page;
mod tables;
mod wire;

use std::fmt::Write as _;

use colored::Colorize;

use self::page::Page;
use super::Report;
use super::escape::{terminal, terminal_lines};
use super::signature::signature;
use super::words::{first_line, wrapping};
use crate::verdict::{BrowserVerdict, Engine};

/// How to print it. Colour follows `colored`'s own switch.
#[derive(Debug, Clone, Copy)]
pub struct HumanOptions {
    /// Columns of the terminal.
    pub width: usize,
    /// 0: one screen; 1: every probe, check and snippet; 2: every header.
    pub verbose: u8,
    /// 1: only the first line; 2: nothing.
    pub quiet: u8,
    /// Whose console wording to show.
    pub engine: Engine,
    /// Whether the terminal understands OSC 8 links.
    pub links: bool,
}

impl Default for HumanOptions {
    fn default() -> Self {
        Self { width: 100, verbose: 0, quiet: 0, engine: Engine::default(), links: false }
    }
}

/// The report as text.
pub fn write(report: &Report, options: &HumanOptions) -> String {
    let mut page = Page { out: String::new(), width: options.width.clamp(40, 120) };
    if options.quiet > 1 {
        return page.out;
    }
    headline(&mut page, report);
    if options.quiet > 0 {
        return page.out;
    }
    request(&mut page, report);
    wire::wire(&mut page, report, options);
    console(&mut page, report, options);
    if let Some(diagnosis) = &report.diagnosis {
        cause::cause(&mut page, diagnosis);
        cause::fixes(&mut page, diagnosis, options);
        cause::checked(&mut page, report, options);
        cause::reasons(&mut page, diagnosis);
    }
    cause::findings(&mut page, report);
    tables::samples(&mut page, report);
    tables::map(&mut page, report);
    tables::vantage(&mut page, report, options);
    if options.verbose > 0 {
        tables::checks(&mut page, report, options);
        wire::exchanges(&mut page, report, options);
    }
    page.out
}

fn headline(page: &mut Page, report: &Report) {
    let text = first_line(report);
    let mark = match report.verdict.allowed {
        Some(true) if report.diagnosis.is_none() => "✓".green(),
        Some(true) | None => "!".yellow(),
        Some(false) => "✗".red(),
    };
    let mark = mark.bold().to_string();
    for (n, line) in textwrap::wrap(&text, wrapping(page.width - 2)).into_iter().enumerate() {
        let first = if n == 0 { mark.as_str() } else { " " };
        page.line(format!("{first} {}", line.bold()));
    }
}

fn request(page: &mut Page, report: &Report) {
    let ask = &report.ask;
    let names: Vec<_> = ask.headers.iter().map(|(name, _)| terminal(name).to_ascii_lowercase()).collect();
    let mut text = format!("{} {}\nfrom {}", terminal(&ask.sent_method()), terminal(ask.url.as_str()), ask.origin);
    if !names.is_empty() {
        let _ = write!(text, " with {}", names.join(", "));
    }
    if ask.with_credentials() {
        text.push_str(", credentials included");
    }
    page.line("");
    page.wrapped("  ", &text);
    if let Some(signed) = &report.target.presigned {
        page.wrapped("  ", &terminal_lines(&signature(signed)));
    }
}

fn console(page: &mut Page, report: &Report, options: &HumanOptions) {
    if report.verdict.allowed == Some(true) {
        return;
    }
    let browsers = &report.verdict.browsers;
    let all: [(Engine, &str, &BrowserVerdict); 3] = [
        (Engine::Chromium, "Chromium", &browsers.chromium),
        (Engine::Firefox, "Firefox", &browsers.firefox),
        (Engine::Webkit, "Safari", &browsers.webkit),
    ];
    for (engine, name, verdict) in all {
        if engine != options.engine && options.verbose == 0 {
            continue;
        }
        if let Some(text) = &verdict.console {
            page.heading(&format!("What the browser says ({name})"));
            page.wrapped("  ", &terminal_lines(text));
        }
    }
}
