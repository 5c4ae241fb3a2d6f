//! What a browser decides: the CORS part of the Fetch standard as pure functions, and the named differences of three engines.
//!
//! Knows no AWS, no layer, no cause. The same walk serves a live run (it says what the browser would send next) and a record.

mod checks;
mod codes;
mod console;
mod cors_check;
mod expose;
mod flight;
mod preflight;
mod profile;
mod reason;
mod redirect;
mod steps;
mod unsafe_names;
mod values;
mod walk;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::ask::Ask;
use crate::evidence::{Probe, Response, Step};
use crate::web::Origin;
use flight::Flight;
use profile::Profile;
use walk::{End, Walk, walk};

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Chrome, Edge, Opera, Brave …
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari.
    Webkit,
}

/// Where it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nowhere.
    #[default]
    None,
    /// The browser does not send it.
    Request,
    /// Name resolution.
    Dns,
    /// TCP.
    Connect,
    /// TLS.
    Tls,
    /// Connected, but no HTTP answer.
    Http,
    /// The answer to the preflight.
    Preflight,
    /// The answer to the actual request, or a redirect on its way.
    Actual,
    /// The answer is readable, a header that the page needs is not.
    Expose,
}

/// How a part of the exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It passed every check.
    Passed,
    /// It failed one.
    Failed,
    /// No preflight is due.
    NotRequired,
    /// It was not sent.
    #[default]
    NotSent,
}

/// One step of the standard, with both operands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Check {
    /// Such as `preflight-status`.
    pub name: Cow<'static, str>,
    /// Whether it held.
    pub passed: bool,
    /// What the standard asks for.
    pub expected: Cow<'static, str>,
    /// What was there.
    pub found: String,
    /// Link to the step.
    pub spec: Cow<'static, str>,
}

/// What one engine decides and says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BrowserVerdict {
    /// `None` when the record does not tell.
    pub allowed: Option<bool>,
    /// Chromium's `CorsError` name, Firefox's console category; nothing for `WebKit` and for failures that are not CORS.
    pub cors_error: Option<String>,
    /// The console text as the browser words it; nothing when it prints nothing.
    pub console: Option<String>,
}

/// The three engines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Browsers {
    /// Chromium.
    pub chromium: BrowserVerdict,
    /// Firefox.
    pub firefox: BrowserVerdict,
    /// `WebKit`.
    pub webkit: BrowserVerdict,
}

/// The decision of the primary engine, and what each of the three says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    /// `None`: inconclusive.
    pub allowed: Option<bool>,
    /// Where it failed.
    pub stage: Stage,
    /// The preflight.
    pub preflight: Outcome,
    /// The actual request.
    pub actual: Outcome,
    /// The checks that were made, in order.
    pub checks: Vec<Check>,
    /// Each engine.
    pub browsers: Browsers,
    /// Index into the probes of the exchange at which the primary engine stopped.
    #[serde(skip)]
    pub stopped_at: Option<usize>,
}

/// Decides recorded exchanges. Follow-up probes are ignored.
///
/// Judged by the browser's own exchanges, found by purpose and hop. A preflight that nobody would have sent is ignored,
/// unless it is all that is known. A request that was not recorded is judged by its preflight; where neither is there,
/// nothing is known.
pub fn decide(ask: &Ask, probes: &[Probe], primary: Engine) -> Verdict {
    let walks = [Engine::Chromium, Engine::Firefox, Engine::Webkit].map(|engine| walk(ask, probes, Profile::of(engine)));
    let [chromium, firefox, webkit] = &walks;
    let browsers = Browsers { chromium: browser(chromium, probes), firefox: browser(firefox, probes), webkit: browser(webkit, probes) };
    let walk = match primary {
        Engine::Chromium => chromium,
        Engine::Firefox => firefox,
        Engine::Webkit => webkit,
    };
    let (allowed, stage) = outcome(walk);
    Verdict {
        allowed,
        stage,
        preflight: walk.preflight,
        actual: walk.actual,
        checks: checks::of(walk, probes),
        browsers,
        stopped_at: walk.last.filter(|_| stage != Stage::None),
    }
}

fn browser(walk: &Walk<'_>, probes: &[Probe]) -> BrowserVerdict {
    let cors_error = match &walk.end {
        End::Blocked(stage, reason) => codes::of(&walk.flight, *stage, reason),
        _ => None,
    };
    BrowserVerdict { allowed: outcome(walk).0, cors_error: cors_error.map(str::to_owned), console: console::of(walk, probes) }
}

fn outcome(walk: &Walk<'_>) -> (Option<bool>, Stage) {
    match &walk.end {
        End::Blocked(stage, _) => (Some(false), *stage),
        End::Readable(response)
            if walk.flight.cross_origin && expose::hidden(walk.flight.profile, walk.flight.ask, response).next().is_some() =>
        {
            (Some(false), Stage::Expose)
        }
        End::Readable(_) | End::Opaque | End::NeedsActual { vouched: true } => (Some(true), Stage::None),
        End::NeedsActual { vouched: false } | End::NeedsPreflight => (None, Stage::None),
        End::Unknown(stage) => (None, *stage),
    }
}

/// What the browser would send next.
#[derive(Debug)]
pub struct Next<'a> {
    flight: Flight<'a>,
    is_preflight: bool,
}

impl Next<'_> {
    /// Its method.
    pub fn method(&self) -> &str {
        if self.is_preflight { "OPTIONS" } else { self.flight.method }
    }

    /// The request, line by line.
    pub fn step(&self) -> Step {
        if self.is_preflight { steps::preflight(&self.flight) } else { steps::actual(&self.flight) }
    }
}

/// What the browser would send next, given the exchanges so far; nothing when it has decided.
/// Whether to send a request that could change data is left to the caller.
pub fn next<'a>(ask: &'a Ask, probes: &'a [Probe], primary: Engine) -> Option<Next<'a>> {
    let walk = walk(ask, probes, Profile::of(primary));
    let is_preflight = match walk.end {
        End::NeedsPreflight => true,
        End::NeedsActual { .. } => false,
        _ => return None,
    };
    Some(Next { flight: walk.flight, is_preflight })
}

/// The preflight that a browser sends for this ask, to the ask's URL and from its origin, whether or not one is due.
pub fn preflight_step(ask: &Ask, engine: Engine) -> Step {
    steps::preflight(&Flight::new(ask, Profile::of(engine)))
}

/// The actual request that a browser sends for this ask. A header without a value is not sent: nobody knows what it holds.
pub fn actual_step(ask: &Ask, engine: Engine) -> Step {
    steps::actual(&Flight::new(ask, Profile::of(engine)))
}

/// Whether a browser has to send a preflight for this ask.
pub fn needs_preflight(ask: &Ask, engine: Engine) -> bool {
    let mut flight = Flight::new(ask, Profile::of(engine));
    let names = flight.unsafe_names();
    flight.needs_preflight(&names)
}

/// Whether a preflight answer lets this ask through (Chromium's reading).
pub fn preflight_allows(ask: &Ask, response: &Response) -> bool {
    let flight = Flight::new(ask, Profile::of(Engine::Chromium));
    let names = flight.unsafe_names();
    preflight::judge(flight.profile, &flight.asked(&names), response).is_ok()
}

/// Whether a page of this ask may read this (final) response: the CORS check alone.
pub fn cors_allows(ask: &Ask, response: &Response) -> bool {
    cors_check::cors_check(Profile::of(Engine::Chromium), response, ask.origin.as_str(), ask.with_credentials()).is_ok()
}

/// Whether a browser never asks for this URL from a page of this origin, since the page came over https and the URL is plain http.
pub fn is_mixed_content(origin: &Origin, url: &Url, engine: Engine) -> bool {
    flight::is_mixed_content(Profile::of(engine), origin, url)
}

/// Whether the page may read this header of a cross-origin response that it got.
pub fn exposes(ask: &Ask, response: &Response, name: &str) -> bool {
    expose::is_exposed(Profile::of(Engine::Chromium), response, name, ask.with_credentials())
}

/// Whether the answer that the page gets in the end came from another origin, directly or by a redirect.
pub fn is_cross_origin(ask: &Ask, probes: &[Probe]) -> bool {
    walk(ask, probes, Profile::of(Engine::Chromium)).flight.cross_origin
}

/// Lower-case names of the request headers that a preflight has to ask for, sorted.
pub fn unsafe_header_names(ask: &Ask, engine: Engine) -> Vec<String> {
    Flight::new(ask, Profile::of(engine)).unsafe_names().into_iter().map(std::borrow::Cow::into_owned).collect()
}
