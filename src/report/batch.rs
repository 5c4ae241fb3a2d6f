//! Several reports as one: the wrapper that `check`, a HAR file and several URLs give, and what every form of output takes.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Bucket, Change, Report, SCHEMA_VERSION, Tool};

/// Reports with a summary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Batch {
    /// Version of this shape.
    pub schema_version: String,
    /// Who made it.
    pub tool: Tool,
    /// Numbers over all results.
    pub summary: Summary,
    /// The reports, in the order of the asks.
    pub results: Vec<Entry>,
    /// What differs from the baseline; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    /// The bucket whose endpoint forms these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
    /// One ask that came alone: it is printed without the wrapper.
    #[serde(skip)]
    pub alone: bool,
}

/// Numbers over all results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary {
    /// Whether the run came to its end: where it was stopped, results are missing.
    #[serde(default = "yes")]
    pub complete: bool,
    /// All results.
    pub total: usize,
    /// A browser allows it.
    pub allowed: usize,
    /// A browser blocks it.
    pub blocked: usize,
    /// Nothing is known.
    pub inconclusive: usize,
    /// Expectations met.
    pub met: usize,
    /// Expectations not met.
    pub unmet: usize,
    /// Expectations of which nothing is known, although the browser's decision is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub undecided: usize,
    /// How long the run took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
}

/// A report, and for a check what was expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Entry {
    /// The report.
    #[serde(flatten)]
    pub report: Report,
    /// The expectation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Checked>,
}

/// An expectation and how it ended.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// What was expected, as written in the file; nothing where nothing was.
    pub expected: Option<String>,
    /// `null`: inconclusive, or nothing was expected.
    pub met: Option<bool>,
    /// What was not met, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shortfalls: Vec<String>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A place in a file, 1-based.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The file as named by the user.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Batch {
    /// One report, printed without the wrapper.
    pub fn one(report: Report) -> Self {
        let duration_ms = report.duration_ms;
        Self { alone: true, ..Self::of(vec![Entry { report, check: None }], duration_ms) }
    }

    /// Asks that came without expectations: one alone is printed without the wrapper.
    pub fn of_asks(mut results: Vec<Entry>, duration_ms: Option<f64>) -> Self {
        match (results.pop(), results.is_empty()) {
            (Some(only), true) => Self::one(only.report),
            (last, _) => {
                results.extend(last);
                Self::of(results, duration_ms)
            }
        }
    }

    /// The same of a run that came to its end, or was stopped before.
    #[must_use]
    pub fn complete(mut self, complete: bool) -> Self {
        self.summary.complete = complete;
        self
    }

    /// Results with their summary.
    pub fn of(results: Vec<Entry>, duration_ms: Option<f64>) -> Self {
        let mut summary = Summary { duration_ms, ..Summary::default() };
        for entry in &results {
            summary.count(entry);
        }
        Self { schema_version: SCHEMA_VERSION.into(), tool: Tool::default(), summary, results, changes: None, bucket: None, alone: false }
    }

    /// The reports.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.results.iter().map(|entry| &entry.report)
    }

    /// Cuts the secrets out of every report.
    pub fn redact(&mut self) {
        self.results.iter_mut().for_each(Entry::redact);
        let names = self.changes.iter_mut().flatten().map(|change| &mut change.name);
        names.for_each(crate::evidence::redact::apply);
    }
}

impl Default for Summary {
    fn default() -> Self {
        Self { complete: true, total: 0, allowed: 0, blocked: 0, inconclusive: 0, met: 0, unmet: 0, undecided: 0, duration_ms: None }
    }
}

impl Summary {
    /// Counts one more result.
    pub fn count(&mut self, entry: &Entry) {
        self.total += 1;
        match entry.report.verdict.allowed {
            Some(true) => self.allowed += 1,
            Some(false) => self.blocked += 1,
            None => self.inconclusive += 1,
        }
        match entry.check.as_ref().and_then(|check| check.met) {
            Some(true) => self.met += 1,
            Some(false) => self.unmet += 1,
            None if entry.is_open() && entry.report.verdict.allowed.is_some() => self.undecided += 1,
            None => {}
        }
    }

    /// Whether of some result nothing is known.
    pub fn is_open(&self) -> bool {
        self.inconclusive + self.undecided > 0
    }

    /// Adds the numbers of another part of the same run.
    pub fn add(&mut self, part: &Self) {
        let Self { complete, total, allowed, blocked, inconclusive, met, unmet, undecided, duration_ms: _ } = part;
        self.complete &= complete;
        self.total += total;
        self.allowed += allowed;
        self.blocked += blocked;
        self.inconclusive += inconclusive;
        self.met += met;
        self.unmet += unmet;
        self.undecided += undecided;
    }

    /// `3 requests: 1 allowed, 2 blocked; 2 as expected, 1 not`.
    pub fn sentence(&self) -> String {
        let requests = if self.total == 1 { "request" } else { "requests" };
        let mut text = format!("{} {requests}: {} allowed, {} blocked", self.total, self.allowed, self.blocked);
        if self.inconclusive > 0 {
            let _ = write!(text, ", {} inconclusive", self.inconclusive);
        }
        if self.met + self.unmet + self.undecided > 0 {
            let _ = write!(text, "; {} as expected, {} not", self.met, self.unmet);
        }
        if self.undecided > 0 {
            let _ = write!(text, ", {} undecided", self.undecided);
        }
        text
    }
}

impl Entry {
    /// Whether this counts as a failure: an expectation that is not met, or without one a blocked request.
    pub fn failed(&self) -> bool {
        match self.check.as_ref().filter(|check| check.expected.is_some()) {
            Some(check) => check.met == Some(false),
            None => self.report.verdict.allowed == Some(false),
        }
    }

    /// Whether nothing is known of what counts: of the expectation, or without one of the request.
    pub fn is_open(&self) -> bool {
        match self.check.as_ref().filter(|check| check.expected.is_some()) {
            Some(check) => check.met.is_none(),
            None => self.report.verdict.allowed.is_none(),
        }
    }

    /// The name of the check, or the request in short.
    pub fn name(&self) -> String {
        match &self.check {
            Some(check) => check.name.clone(),
            None => self.report.request_line(),
        }
    }

    /// Cuts the secrets out.
    pub fn redact(&mut self) {
        self.report.redact();
        if let Some(Checked { name, expected: _, met: _, shortfalls, location: _ }) = &mut self.check {
            crate::evidence::redact::apply(name);
            shortfalls.iter_mut().for_each(crate::evidence::redact::apply);
        }
    }
}

impl Report {
    /// `PUT https://… from https://…`, without the query.
    pub fn request_line(&self) -> String {
        format!("{} {} from {}", self.ask.sent_method(), self.plain_url(), self.ask.origin)
    }

    /// The URL without query, fragment and user name.
    pub fn plain_url(&self) -> String {
        let mut url = self.ask.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        // Both fail only for URLs that have no user name to begin with.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.into()
    }
}
