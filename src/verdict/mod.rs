//! What a browser decides: the CORS part of the Fetch standard as pure functions, and the named differences of three engines.
//!
//! Knows no AWS, no layer, no cause. The same walk serves a live run (it says what the browser would send next) and a record.

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::evidence::{Probe, Response, Step};

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// Such as `preflight-status`.
    pub name: String,
    /// Whether it held.
    pub passed: bool,
    /// What the standard asks for.
    pub expected: String,
    /// What was there.
    pub found: String,
    /// Link to the step.
    pub spec: String,
}

/// What one engine decides and says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BrowserVerdict {
    /// `None` when the record does not tell.
    pub allowed: Option<bool>,
    /// Chromium's `CorsError` name, Firefox's console category; nothing for `WebKit` and for failures that are not CORS.
    pub cors_error: Option<String>,
    /// The console text as the browser words it; nothing when it prints nothing.
    pub console: Option<String>,
}

/// The three engines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Browsers {
    /// Chromium.
    pub chromium: BrowserVerdict,
    /// Firefox.
    pub firefox: BrowserVerdict,
    /// `WebKit`.
    pub webkit: BrowserVerdict,
}

/// The decision of the primary engine, and what each of the three says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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
pub fn decide(_ask: &Ask, _probes: &[Probe], _primary: Engine) -> Verdict {
    Verdict::default()
}

/// What the browser would send next, given the exchanges so far; nothing when it has decided.
/// Whether to send a request that could change data is left to the caller.
pub fn next_step(_ask: &Ask, _probes: &[Probe], _primary: Engine) -> Option<Step> {
    None
}

/// The preflight that a browser sends for this ask, to the ask's URL and from its origin, whether or not one is due.
pub fn preflight_step(ask: &Ask, _engine: Engine) -> Step {
    Step {
        purpose: crate::evidence::Purpose::Preflight,
        hop: 0,
        method: "OPTIONS".into(),
        url: ask.url.clone(),
        headers: Vec::new(),
        with_body: false,
    }
}

/// The actual request that a browser sends for this ask.
pub fn actual_step(ask: &Ask, _engine: Engine) -> Step {
    Step {
        purpose: crate::evidence::Purpose::Actual,
        hop: 0,
        method: ask.sent_method(),
        url: ask.url.clone(),
        headers: Vec::new(),
        with_body: true,
    }
}

/// Whether a browser has to send a preflight for this ask.
pub fn needs_preflight(_ask: &Ask, _engine: Engine) -> bool {
    false
}

/// Whether a preflight answer lets this ask through (Chromium's reading).
pub fn preflight_allows(_ask: &Ask, _response: &Response) -> bool {
    false
}

/// Whether a page of this ask may read this (final) response: the CORS check alone.
pub fn cors_allows(_ask: &Ask, _response: &Response) -> bool {
    false
}

/// Lower-case names of the request headers that a preflight has to ask for, sorted.
pub fn unsafe_header_names(_ask: &Ask, _engine: Engine) -> Vec<String> {
    Vec::new()
}
