//! The report for the person who is stuck: one sentence first, then the wire, the cause and the fix. One screen.

use std::fmt::Write as _;

use colored::Colorize;

use super::Report;
use super::escape::{terminal, terminal_lines};
use super::signature::signature;
use super::words::{browsers_own, first_line, further_fix, nothing_seen, sentence, spec_link, sure, telling};
use crate::cause::{By, Fix, Severity};
use crate::diagnose::Diagnosis;
use crate::evidence::{Probe, Purpose, Response, redact};
use crate::verdict::{BrowserVerdict, Engine, Outcome, Stage};

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
    wire(&mut page, report, options);
    console(&mut page, report, options);
    if let Some(diagnosis) = &report.diagnosis {
        cause(&mut page, diagnosis);
        fixes(&mut page, diagnosis, options);
        checked(&mut page, report, options);
        reasons(&mut page, diagnosis);
    }
    findings(&mut page, report);
    samples(&mut page, report);
    map(&mut page, report);
    vantage(&mut page, report, options);
    if options.verbose > 0 {
        checks(&mut page, report, options);
        exchanges(&mut page, report, options);
    }
    page.out
}

struct Page {
    out: String,
    width: usize,
}

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref().trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text.bold().to_string());
    }

    /// Wrapped text; `first` before the first line, as many spaces before the others.
    fn wrapped(&mut self, first: &str, text: &str) {
        let indent = " ".repeat(unicode_width::UnicodeWidthStr::width(first));
        for (n, paragraph) in text.split('\n').enumerate() {
            let initial = if n == 0 { first } else { &indent };
            let options = wrapping(self.width).initial_indent(initial).subsequent_indent(&indent);
            for line in textwrap::wrap(paragraph, options) {
                self.line(line);
            }
        }
    }

    fn code(&mut self, code: &str) {
        for line in code.trim_end().lines() {
            let text = format!("    {}", terminal(&line.replace('\t', "    ")));
            self.line(text.cyan().to_string());
        }
    }
}

/// Hosts, header names and codes stay whole: they are there to be copied.
fn wrapping<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
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

fn wire(page: &mut Page, report: &Report, options: &HumanOptions) {
    page.heading("What happened");
    let browser: Vec<&Probe> = report.probes.iter().filter(|p| matches!(p.purpose, Purpose::Preflight | Purpose::Actual)).collect();
    if browser.is_empty() {
        page.wrapped("  ", nothing_seen(report));
    }
    if let Some(dns) = browser.iter().find_map(|p| p.dns.as_ref()) {
        let mut path = vec![report.ask.url.host_str().unwrap_or_default().to_owned()];
        path.extend(dns.chain.iter().map(|name| terminal(name).into_owned()));
        path.push(if dns.addresses.is_empty() { dns.rcode.clone() } else { terminal(&dns.addresses.join(", ")).into_owned() });
        path.dedup();
        page.wrapped("  DNS      ", &path.join(" → "));
    }
    for probe in browser {
        exchange(page, report, probe, options);
    }
    if report.verdict.actual == Outcome::NotSent && report.verdict.stage == Stage::Preflight {
        page.wrapped("  ", &format!("{:<8} never sent: the browser stopped at the preflight", terminal(&report.ask.sent_method())));
    }
    if let Some(kept) = kept_back(report) {
        page.wrapped("  ", &format!("{:<8} not sent there: {kept}", terminal(&report.ask.sent_method())));
    }
}

/// Why the request did not follow a redirect whose preflight passed.
fn kept_back(report: &Report) -> Option<String> {
    let judged = report.verdict.actual == Outcome::NotSent && report.verdict.allowed == Some(true);
    browsers_own(report).last().filter(|probe| judged && probe.hop > 0 && probe.purpose == Purpose::Preflight)?;
    // A report is redacted before it is shown.
    let cut = |value: &Option<String>| value.as_ref().is_some_and(|value| value.contains(redact::MARK));
    let secret = |(name, value): &&(String, Option<String>)| redact::is_secret_header(name) || cut(value);
    let names: Vec<_> = report.ask.headers.iter().filter(secret).map(|(name, _)| terminal(name).to_ascii_lowercase()).collect();
    let host = report.ask.url.host_str().unwrap_or_default();
    (!names.is_empty()).then(|| format!("what it carries in {} is for {host} alone; a page's would go along", names.join(" and ")))
}

fn exchange(page: &mut Page, report: &Report, probe: &Probe, options: &HumanOptions) {
    let method = format!("  {:<8} ", terminal(&probe.request.method));
    let time = probe.timing_ms.total.map(|ms| format!("  {ms:.0} ms")).unwrap_or_default();
    let at = if probe.hop > 0 { format!("{}  ", terminal(&probe.request.url)) } else { String::new() };
    match (&probe.response, &probe.failure) {
        (Some(response), _) => {
            page.wrapped(&method, &format!("{at}{}{}{time}", status(response), who(report, probe)));
            for (name, value) in telling(response) {
                page.wrapped("           ", &format!("{}: {}", terminal(name).to_ascii_lowercase(), terminal(value)));
            }
            if let Some(sentence) = sentence(response) {
                page.wrapped("           ", &sentence);
            }
        }
        (None, Some(failure)) => page.wrapped(&method, &format!("{at}no answer: {}{time}", terminal(&failure.detail))),
        (None, None) => {}
    }
    if options.verbose > 0
        && let Some(tls) = &probe.tls
    {
        page.wrapped(
            "           ",
            &format!(
                "{}, certificate for {} by {}, until {}",
                tls.version,
                terminal(&tls.names.join(", ")),
                terminal(&tls.issuer),
                tls.not_after
            ),
        );
    }
}

fn status(response: &Response) -> String {
    let text = response.status.to_string();
    let text = match response.status {
        200..300 => text.green(),
        300..400 => text.yellow(),
        _ => text.red(),
    };
    text.bold().to_string()
}

fn who(report: &Report, probe: &Probe) -> String {
    let Some(reading) = report.readings.iter().find(|r| r.probe == probe.id) else { return String::new() };
    let mut names: Vec<String> = reading.through.iter().map(|l| l.title().to_owned()).collect();
    names.push(reading.layer.title().to_owned());
    let sign = if reading.sign.is_empty() { String::new() } else { format!(" ({})", terminal(&reading.sign)) };
    format!("  {}{sign}", names.join(" → "))
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

fn cause(page: &mut Page, diagnosis: &Diagnosis) {
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

fn fixes(page: &mut Page, diagnosis: &Diagnosis, options: &HumanOptions) {
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

fn checked(page: &mut Page, report: &Report, options: &HumanOptions) {
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

fn reasons(page: &mut Page, diagnosis: &Diagnosis) {
    if diagnosis.ruled_out.is_empty() {
        return;
    }
    page.heading("Ruled out");
    for reason in &diagnosis.ruled_out {
        page.wrapped("  • ", &format!("{}: {}", reason.cause, terminal(&reason.because)));
    }
}

fn findings(page: &mut Page, report: &Report) {
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

fn samples(page: &mut Page, report: &Report) {
    let Some(samples) = &report.samples else { return };
    page.heading("Each answer");
    for line in samples.lines() {
        page.wrapped("  ", &line);
    }
}

fn map(page: &mut Page, report: &Report) {
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
fn vantage(page: &mut Page, report: &Report, options: &HumanOptions) {
    let matters = report.verdict.allowed == Some(true) || report.vantage.proxy.is_some() || options.verbose > 0;
    if let Some(sentence) = report.vantage.sentence().filter(|_| matters) {
        page.heading("Seen from here");
        page.wrapped("  ", &terminal(&sentence));
    }
}

fn checks(page: &mut Page, report: &Report, options: &HumanOptions) {
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

fn exchanges(page: &mut Page, report: &Report, options: &HumanOptions) {
    if options.verbose < 2 {
        return;
    }
    for probe in &report.probes {
        page.heading(&format!(
            "{} ({})",
            probe.id,
            serde_json::to_value(probe.purpose).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        ));
        page.line(format!("  > {} {}", terminal(&probe.request.method), terminal(&probe.request.url)));
        for (name, value) in &probe.request.headers {
            page.line(format!("  > {}: {}", terminal(name), terminal(value)));
        }
        let Some(response) = &probe.response else { continue };
        page.line(format!("  < {}", response.status));
        for (name, value) in &response.headers {
            page.line(format!("  < {}: {}", terminal(name), terminal(value)));
        }
        if !response.body.is_empty() {
            page.wrapped("  < ", &terminal_lines(&response.body));
        }
    }
}
