//! What went over the wire: the browser's own requests in short, and every exchange in full.

use colored::Colorize;

use super::HumanOptions;
use super::page::Page;
use crate::evidence::{Probe, Purpose, Response, redact};
use crate::report::Report;
use crate::report::escape::{terminal, terminal_lines};
use crate::report::words::{browsers_own, nothing_seen, sentence, telling};
use crate::verdict::{Outcome, Stage};

pub(super) fn wire(page: &mut Page, report: &Report, options: &HumanOptions) {
    page.heading("What happened");
    let browser: Vec<&Probe> = report.probes.iter().filter(|p| matches!(p.purpose, Purpose::Preflight | Purpose::Actual)).collect();
    if browser.is_empty() {
        page.wrapped("  ", nothing_seen(report));
    }
    if let Some(dns) = browser.iter().find_map(|p| p.dns.as_ref().filter(|dns| dns.is_lookup())) {
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

pub(super) fn exchanges(page: &mut Page, report: &Report, options: &HumanOptions) {
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
