//! The sentences that every form of output has in common, already harmless for a terminal or a page.

use super::Report;
use super::escape::terminal;
use crate::cause::Confidence;
use crate::evidence::{Probe, Purpose, Response};
use crate::layer::Layer;
use crate::verdict::{BrowserVerdict, Check, Outcome};

/// How text is wrapped: hosts, header names and codes stay whole, for they are there to be copied.
#[cfg(feature = "cli")]
pub(crate) fn wrapping<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// What a change after the first is called, and its title: another way out, or the next step of the same.
pub(super) fn further_fix(title: &str) -> (&'static str, &str) {
    title.strip_prefix("then ").map_or(("Or", title), |step| ("Then", step))
}

/// The first sentence: would a browser allow it, and are the CORS rules the problem?
pub fn first_line(report: &Report) -> String {
    let method = report.ask.sent_method();
    let title = report.diagnosis.as_ref().map(|d| (d, terminal(&d.title)));
    match (report.verdict.allowed, title) {
        (Some(true), None) => {
            let sent = if report.verdict.actual == Outcome::NotSent {
                format!(" (judged by the preflight; the {method} itself was not sent)")
            } else {
                String::new()
            };
            format!("Allowed: a browser lets {} make this {method}, and the CORS rules are fine{sent}.", report.ask.origin)
        }
        (Some(true), Some((_, title))) => {
            let verb = if report.verdict.actual == Outcome::NotSent { "would be" } else { "is" };
            format!("Allowed: the CORS rules are fine, but the request itself {verb} refused: {title}.")
        }
        (Some(false), Some((d, title))) => {
            let likely = if d.confidence == Confidence::Possible { "most likely " } else { "" };
            match (d.cors_rules, report.verdict.stage) {
                (true, _) => format!("Blocked, and the CORS rules are the problem: {likely}{title}."),
                (false, _) if d.cause == "unexplained" => format!("Blocked, and {title}."),
                (false, _) => format!("Blocked, but the CORS rules are not the problem: {likely}{title}."),
            }
        }
        (Some(false), None) => "Blocked.".into(),
        (None, _) => {
            let why = trouble(report).map(|why| format!(": {why}")).unwrap_or_default();
            let side = if why.is_empty() { undecided(report) } else { "the trouble is on this side".into() };
            format!("Inconclusive: {side}, so nothing is known of the target{why}.")
        }
    }
}

fn undecided(report: &Report) -> String {
    let verdict = &report.verdict;
    if verdict.preflight == Outcome::NotRequired && verdict.actual == Outcome::NotSent {
        return format!(
            "a browser sends this {0} without a preflight, and the {0} was not sent, as it may change data (--send-actual sends it)",
            terminal(&report.ask.method)
        );
    }
    "no answer that decides it was seen".into()
}

/// Why nothing is known of a request, in short.
pub(crate) fn inconclusive(report: &Report) -> String {
    let why = trouble(report).map(|why| format!("the trouble is on the prober's side: {why}"));
    format!("inconclusive: {}", why.unwrap_or_else(|| undecided(report)))
}

fn trouble(report: &Report) -> Option<String> {
    let failure = report.probes.iter().rev().find_map(|p| p.failure.as_ref());
    failure.map(|failure| terminal(&failure.detail).into_owned())
}

/// What there is to say where no request of the browser was recorded.
pub(super) fn nothing_seen(report: &Report) -> &'static str {
    match report.verdict.allowed {
        None => "No answer was seen.",
        Some(_) => "Nothing was sent: the browser refuses before it asks the network.",
    }
}

/// How sure a cause is.
pub(super) fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Confirmed => "confirmed",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// The headers that a verdict or a cause may rest on.
pub(super) fn telling(response: &Response) -> impl Iterator<Item = &(String, String)> {
    const NAMES: [&str; 9] = [
        "location",
        "x-amz-bucket-region",
        "x-amzn-errortype",
        "x-cache",
        "age",
        "vary",
        "www-authenticate",
        "retry-after",
        "x-ms-error-code",
    ];
    response.headers.iter().filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name.starts_with("access-control-") || NAMES.contains(&name.as_str())
    })
}

/// What an error body says, in one line.
pub(super) fn sentence(response: &Response) -> Option<String> {
    if response.is_ok() {
        return None;
    }
    if let Some(error) = crate::aws::s3::error_body::ErrorBody::parse(&response.body) {
        return Some(terminal(&format!("{}: {}", error.code, error.message)).into_owned());
    }
    let line = response.body.trim();
    (line.starts_with('{') && line.len() < 400).then(|| terminal(line).into_owned())
}

/// The browser's own exchanges.
pub(super) fn browsers_own(report: &Report) -> impl Iterator<Item = &Probe> {
    report.probes.iter().filter(|p| matches!(p.purpose, Purpose::Preflight | Purpose::Actual))
}

/// Who answered, through whom, and the sign that shows it.
pub(super) fn answerer(report: &Report, probe: &Probe) -> Option<(Vec<Layer>, String)> {
    let reading = report.readings.iter().find(|r| r.probe == probe.id)?;
    Some((reading.through.iter().copied().chain([reading.layer]).collect(), terminal(&reading.sign).into_owned()))
}

/// How an exchange ended: its status, or why it has none; for a preflight whether it passes.
pub(super) fn result(report: &Report, probe: &Probe) -> String {
    match (&probe.response, &probe.failure) {
        (Some(response), _) => match report.readings.iter().find(|r| r.probe == probe.id).and_then(|r| r.passes) {
            Some(true) => format!("{} passes", response.status),
            Some(false) => format!("{} does not pass", response.status),
            None => response.status.to_string(),
        },
        (None, Some(failure)) if failure.detail.is_empty() => kebab(&failure.kind),
        (None, Some(failure)) => terminal(&failure.detail).into_owned(),
        (None, None) => "no answer".into(),
    }
}

/// Where a check is defined. Only links to standards; a report that is replayed may hold anything.
pub(super) fn spec_link(check: &Check) -> &str {
    if check.spec.starts_with("https://") { &check.spec } else { "https://fetch.spec.whatwg.org/" }
}

/// The kebab-case name of an enum's value.
pub(super) fn kebab(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What each engine prints, under the name of its browser.
pub(super) fn consoles(report: &Report) -> [(&'static str, &BrowserVerdict); 3] {
    let browsers = &report.verdict.browsers;
    [("Chromium", &browsers.chromium), ("Firefox", &browsers.firefox), ("Safari", &browsers.webkit)]
}
