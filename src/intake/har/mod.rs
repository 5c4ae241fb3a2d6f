//! A HAR file of any browser: its failed cross-origin requests as asks, each with the exchanges that the file recorded.
//!
//! <http://www.softwareishard.com/blog/har-12-spec/>. Browsers leave cookies and `Authorization` out unless told otherwise;
//! what the preflight announced fills the gap.

mod cut;
mod entry;
mod exchange;
mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::Deserialize as _;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use url::Url;

use super::lookalike::Lookalike;
use super::page::{Draft, names_in, sentence, short_url};
use super::{Hints, Intake, IntakeError, MAX_ITEMS, Meaning, Source};
use crate::ask::{Ask, Credentials};
use crate::evidence::{Connection, Evidence, Failure, FailureKind, Probe, Purpose, Request, Response, Timing};
use crate::verdict::{self, Engine};
use crate::web::Origin;
use exchange::Exchange;

/// The longest chain of redirects; browsers stop at 20.
const MAX_HOPS: usize = 20;

/// The failed cross-origin requests of a file.
pub(super) fn read(input: impl Read, hints: &Hints) -> Result<Vec<Intake>, IntakeError> {
    let file = file::read(input)?;
    let total = file.exchanges.len();
    let mut archive = Archive::new(file.exchanges);
    let mut items: Vec<Intake> = Vec::new();
    let mut cross_origin = 0;
    let mut missing = None;
    let mut unheard = 0;
    for at in 0..total {
        if archive.used.contains(&at) {
            continue;
        }
        match archive.request(at, hints) {
            Ok(None) => {}
            Err(error) => missing = Some(error),
            Ok(Some(found)) => {
                cross_origin += 1;
                let known = |item: &Intake| item.understood == found.understood && same_question(&item.meaning, &found.meaning);
                if !found.failed || items.iter().rev().take(64).any(known) {
                    continue;
                }
                if items.len() >= MAX_ITEMS {
                    unheard += 1;
                } else {
                    items.push(Intake { source: Source::Har, understood: found.understood, meaning: found.meaning });
                }
            }
        }
    }
    let left_out = left_out(file.left_out, unheard);
    match (items.is_empty(), missing) {
        (false, _) => {
            items.extend(left_out.map(|understood| Intake { source: Source::Har, understood, meaning: Meaning::LeftOut }));
            Ok(items)
        }
        (true, Some(error)) => Err(error),
        (true, None) => Err(IntakeError::Broken {
            what: "the HAR file",
            problem: format!(
                "none of its requests failed ({total} requests of pages, {cross_origin} of them cross-origin); give the URL of the one you \
                 mean{}",
                left_out.map(|text| format!("; {text}")).unwrap_or_default()
            ),
        }),
    }
}

/// What was not looked at, and what to do about it.
fn left_out(entries: usize, failed: usize) -> Option<String> {
    let entries = (entries > 0).then(|| format!("{entries} entries of the HAR file were left out: {} are kept at most", file::BOUND));
    let failed = (failed > 0).then(|| format!("{failed} failed requests of the HAR file were left out: {MAX_ITEMS} are taken at most"));
    let told: Vec<String> = entries.into_iter().chain(failed).collect();
    let advice = "filter the network panel by the domain that fails and export again, or split the file";
    (!told.is_empty()).then(|| format!("{}; {advice}", told.join("; ")))
}

/// Whether two items ask the same; what was recorded may differ in time.
fn same_question(a: &Meaning, b: &Meaning) -> bool {
    match (a, b) {
        (Meaning::Ask { ask: a, .. }, Meaning::Ask { ask: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// One request of a page, and whether it failed.
struct Found {
    understood: String,
    meaning: Meaning,
    failed: bool,
}

struct Archive {
    exchanges: Vec<Exchange>,
    /// Those that belong to a request that was already seen.
    used: BTreeSet<usize>,
    /// Where each URL was asked for, in order.
    by_url: BTreeMap<String, Vec<usize>>,
}

impl Archive {
    fn new(exchanges: Vec<Exchange>) -> Self {
        let mut by_url: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, exchange) in exchanges.iter().enumerate() {
            by_url.entry(key(&exchange.url)).or_default().push(at);
        }
        Self { exchanges, used: BTreeSet::new(), by_url }
    }

    /// The request at a place, with its preflight and its redirects; nothing when it is not a cross-origin request of a script.
    fn request(&mut self, at: usize, hints: &Hints) -> Result<Option<Found>, IntakeError> {
        let first = &self.exchanges[at];
        if first.is_preflight()
            && self.paired(at, |other| !other.is_preflight() && Some(other.method.as_str()) == first.announced()).is_some()
        {
            // It is told together with its request.
            return Ok(None);
        }
        let preflight = if first.is_preflight() { None } else { self.preflight_of(at) };
        let draft = self.draft(at, preflight);
        let Some(origin) = draft.origin(hints).or_else(|| first.page.as_ref().map(Origin::of)).or_else(|| hints.fallback.clone()) else {
            return if first.is_script() { draft.ask(hints).map(|_| None) } else { Ok(None) };
        };
        if origin.is_of(&first.url) || !(first.is_script() || preflight.is_some() || first.is_preflight()) {
            return Ok(None);
        }
        let ask = draft.ask(&Hints { origin: Some(origin), fallback: None })?;
        if let Some(mut found) = first.error.as_deref().and_then(Lookalike::find).filter(|found| failure_kind(found).is_none()) {
            self.used.insert(at);
            let understood = format!("{}: not CORS: {}", short_url(&ask.url), found.title());
            found.url = Some(ask.url);
            found.origin = Some(ask.origin);
            return Ok(Some(Found { understood, meaning: Meaning::Lookalike(Box::new(found)), failed: true }));
        }
        Ok(Some(self.judged(at, preflight, ask)))
    }

    fn draft(&self, at: usize, preflight: Option<usize>) -> Draft {
        let exchange = &self.exchanges[at];
        let mut draft = Draft::get(exchange.url.clone());
        draft.method = Some(exchange.method.clone());
        draft.headers.clone_from(&exchange.headers);
        draft.body_bytes = exchange.body_bytes;
        draft.form.clone_from(&exchange.form);
        draft.form_is_whole = true;
        if exchange.cookies {
            draft.credentials = Some(Credentials::Include);
        }
        if let Some(preflight) = preflight.map(|at| &self.exchanges[at]) {
            draft.preflighted = true;
            draft.names.extend(names_in(preflight.header("access-control-request-headers").unwrap_or_default()).map(str::to_owned));
            if draft.header("origin").is_none() {
                draft.headers.extend(preflight.header("origin").map(|origin| ("origin".to_owned(), origin.to_owned())));
            }
        }
        draft
    }

    /// Decides what was recorded, and whether the request failed.
    fn judged(&mut self, at: usize, preflight: Option<usize>, ask: Ask) -> Found {
        let mut probes = Vec::new();
        let mut next = Some((at, preflight));
        let mut hidden = false;
        let mut broken = false;
        for hop in 0..MAX_HOPS {
            let Some((at, preflight)) = next.take() else { break };
            self.used.insert(at);
            self.used.extend(preflight);
            let exchange = &self.exchanges[at];
            broken |= exchange.failed();
            probes.extend(preflight.and_then(|at| probe(&self.exchanges[at], Purpose::Preflight, hop)));
            let purpose = if exchange.is_preflight() { Purpose::Preflight } else { Purpose::Actual };
            let refused = probes.last().is_some_and(|p| p.purpose == Purpose::Preflight && p.response.is_none());
            match probe(exchange, purpose, hop) {
                Some(mut seen) if !refused => {
                    // A failure before the preflight had an answer is the preflight's.
                    if seen.failure.is_some() && preflight.is_none() && hop == 0 && verdict::needs_preflight(&ask, Engine::Chromium) {
                        seen.purpose = Purpose::Preflight;
                    }
                    probes.push(seen);
                }
                _ => hidden = true,
            }
            next = self.redirected(at);
        }
        for (n, probe) in probes.iter_mut().enumerate() {
            probe.id = format!("p{}", n + 1);
        }
        let decided = verdict::decide(&ask, &probes, Engine::Chromium).allowed;
        let first = &self.exchanges[at];
        let refused = probes.iter().any(|p| p.purpose == Purpose::Actual && p.response.as_ref().is_some_and(|r| r.status >= 400));
        let failed = decided == Some(false) || broken || refused;
        // A response that the browser hid from its own record explains nothing.
        let told = decided == Some(false) || (decided == Some(true) && !hidden);
        let evidence = Evidence { started_at: first.started_at(), probes, ..Evidence::of(ask.clone()) };
        Found {
            understood: sentence(&ask),
            meaning: Meaning::Ask { ask: Box::new(ask), recorded: told.then(|| Box::new(evidence)) },
            failed,
        }
    }

    /// The exchange that a redirect led to, and its preflight.
    fn redirected(&self, at: usize) -> Option<(usize, Option<usize>)> {
        let exchange = &self.exchanges[at];
        let location = exchange.response_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
        if !matches!(exchange.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let url = exchange.url.join(&location.1).ok()?;
        let next = *self
            .by_url
            .get(&key(&url))?
            .iter()
            .find(|next| **next > at && !self.used.contains(next) && !self.exchanges[**next].is_preflight())?;
        Some((next, self.preflight_of(next)))
    }

    /// The preflight of a request: the nearest one that announced it.
    fn preflight_of(&self, at: usize) -> Option<usize> {
        let method = self.exchanges[at].method.clone();
        self.paired(at, |other| other.is_preflight() && other.announced() == Some(&method))
    }

    /// The nearest unused exchange with the same URL that fits.
    fn paired(&self, at: usize, fits: impl Fn(&Exchange) -> bool) -> Option<usize> {
        let candidates = self.by_url.get(&key(&self.exchanges[at].url))?;
        let free = candidates.iter().copied().filter(|other| *other != at && !self.used.contains(other) && fits(&self.exchanges[*other]));
        free.min_by_key(|other| other.abs_diff(at))
    }
}

/// A URL without its fragment, which is never sent.
fn key(url: &Url) -> String {
    url.as_str().split('#').next().unwrap_or_default().to_owned()
}

/// A recorded exchange as a probe; nothing when the record shows neither an answer nor why there is none.
fn probe(exchange: &Exchange, purpose: Purpose, hop: usize) -> Option<Probe> {
    let request = Request { method: exchange.method.clone(), url: exchange.url.to_string(), headers: exchange.headers.clone() };
    let failure = exchange.error.as_deref().and_then(|error| {
        let kind = failure_kind(&Lookalike::find(error)?)?;
        Some(Failure { kind, detail: error.to_owned() })
    });
    let response = (exchange.status > 0).then(|| Response {
        status: exchange.status,
        http_version: exchange.http_version.clone(),
        headers: exchange.response_headers.clone(),
        body: exchange.body.clone(),
        body_truncated: exchange.body_truncated,
    });
    if response.is_none() && failure.is_none() {
        return None;
    }
    let connection = exchange.address.clone().map(|address| Connection { address, ..Connection::default() });
    let failure = failure.filter(|_| response.is_none());
    let timing_ms = Timing { total: exchange.time.filter(|ms| ms.is_finite() && *ms >= 0.0), ..Timing::default() };
    Some(Probe {
        purpose,
        hop: u32::try_from(hop).unwrap_or(u32::MAX),
        request,
        connection,
        response,
        failure,
        timing_ms,
        ..Probe::default()
    })
}

/// The fault of the network that an error stands for: its cause has the same name.
fn failure_kind(found: &Lookalike) -> Option<FailureKind> {
    FailureKind::deserialize(IntoDeserializer::<ValueError>::into_deserializer(found.cause())).ok()
}
