//! What a rule may see, and the questions that rules have in common.

use std::borrow::Cow;
use std::cell::OnceCell;

use url::Url;

use super::answer::{self, Message};
use crate::ask::{Ask, Redirect};
use crate::aws::s3::error_body::ErrorBody;
use crate::aws::{self, Target};
use crate::evidence::{Evidence, FailureKind, Probe, Purpose, Response, Step};
use crate::layer::{self, Answerer, Layer};
use crate::verdict::{self, Engine, Outcome, Stage, Verdict};
use crate::web::Origin;

/// Everything known when the rules are asked. Borrowed, immutable, without I/O.
pub struct Case<'a> {
    /// What the page asked for.
    pub ask: &'a Ask,
    /// What was seen.
    pub evidence: &'a Evidence,
    /// What the browser decided.
    pub verdict: &'a Verdict,
    /// What the ask's URL points at.
    pub target: &'a Target,
    /// Seconds since 1970 at which the evidence was taken.
    pub now: i64,
    /// Whose shape the preflights take.
    pub engine: Engine,
    /// What was read of each probe, by its index.
    facts: Vec<Facts>,
}

/// What many rules ask of a probe, each read once and only when asked for.
#[derive(Default)]
struct Facts {
    url: OnceCell<Option<Url>>,
    answerer: OnceCell<Answerer>,
    s3_error: OnceCell<Option<ErrorBody>>,
    website_error: OnceCell<Option<ErrorBody>>,
    message: OnceCell<Option<Message>>,
}

/// Who answered what was never answered.
static NOBODY: Answerer = Answerer { layer: Layer::Server, through: Vec::new(), sign: String::new(), sureness: None, source: "" };

impl<'a> Case<'a> {
    /// A case of this evidence.
    pub fn new(evidence: &'a Evidence, verdict: &'a Verdict, target: &'a Target, now: i64, engine: Engine) -> Self {
        let facts = evidence.probes.iter().map(|_| Facts::default()).collect();
        Self { ask: &evidence.ask, evidence, verdict, target, now, engine, facts }
    }

    /// The browser's own exchanges, follow-ups left out.
    pub fn browser_probes(&self) -> impl Iterator<Item = &'a Probe> {
        self.evidence.probes.iter().filter(|p| matches!(p.purpose, Purpose::Preflight | Purpose::Actual))
    }

    /// The follow-ups, in order.
    pub fn follow_ups(&self) -> impl Iterator<Item = &'a Probe> {
        self.evidence.probes.iter().filter(|p| !matches!(p.purpose, Purpose::Preflight | Purpose::Actual))
    }

    /// The preflight to the ask's own URL.
    pub fn preflight(&self) -> Option<&'a Probe> {
        self.browser_probes().find(|p| p.purpose == Purpose::Preflight && p.hop == 0)
    }

    /// The actual request to the ask's own URL.
    pub fn actual(&self) -> Option<&'a Probe> {
        self.browser_probes().find(|p| p.purpose == Purpose::Actual && p.hop == 0)
    }

    /// The exchange at which the browser stopped; when it allowed everything, the last actual one.
    pub fn deciding(&self) -> Option<&'a Probe> {
        match self.verdict.stopped_at {
            Some(index) => self.evidence.probes.get(index),
            None => self.browser_probes().filter(|p| p.purpose == Purpose::Actual).last(),
        }
    }

    /// The answer of [`Case::deciding`].
    pub fn reply(&self) -> Option<&'a Response> {
        self.deciding()?.response.as_ref()
    }

    /// The failure of [`Case::deciding`], when it is of this kind.
    pub fn failed_with(&self, kind: FailureKind) -> Option<&'a Probe> {
        self.deciding().filter(|p| p.failure.as_ref().is_some_and(|f| f.kind == kind))
    }

    /// The preflight with its answer, when the browser stopped there.
    pub fn failed_preflight(&self) -> Option<(&'a Probe, &'a Response)> {
        let probe = self.deciding().filter(|p| self.verdict.stage == Stage::Preflight && p.purpose == Purpose::Preflight)?;
        Some((probe, probe.response.as_ref()?))
    }

    /// The actual exchange with its answer, when the browser stopped there.
    pub fn failed_actual(&self) -> Option<(&'a Probe, &'a Response)> {
        let probe = self.deciding().filter(|p| self.verdict.stage == Stage::Actual && p.purpose == Purpose::Actual)?;
        Some((probe, probe.response.as_ref()?))
    }

    /// The actual exchange with its answer when that is an HTTP error, readable by the page or not.
    pub fn error_reply(&self) -> Option<(&'a Probe, &'a Response)> {
        let probe = self.browser_probes().filter(|p| p.purpose == Purpose::Actual).last()?;
        let response = probe.response.as_ref()?;
        (response.status >= 400).then_some((probe, response))
    }

    /// Whether the browser let it through.
    pub fn allowed(&self) -> bool {
        self.verdict.allowed == Some(true)
    }

    /// Whether the preflight passed or none was due.
    pub fn past_preflight(&self) -> bool {
        matches!(self.verdict.preflight, Outcome::Passed | Outcome::NotRequired)
    }

    /// Whether this check of the verdict failed.
    pub fn check_failed(&self, name: &str) -> bool {
        self.verdict.checks.iter().any(|c| c.name == name && !c.passed)
    }

    /// Who answered the deciding exchange.
    pub fn answerer(&self) -> &Answerer {
        self.deciding().map_or(&NOBODY, |probe| self.answerer_of(probe))
    }

    /// Who answered a probe of this evidence.
    pub fn answerer_of(&self, probe: &Probe) -> &Answerer {
        let Some(facts) = self.facts_of(probe) else { return &NOBODY };
        facts.answerer.get_or_init(|| {
            let url = self.url_of(probe);
            if url.host_str() == self.ask.url.host_str() { layer::of(probe, self.target) } else { layer::of(probe, &aws::target(url)) }
        })
    }

    fn facts_of(&self, probe: &Probe) -> Option<&Facts> {
        self.facts.get(self.evidence.probes.iter().position(|known| std::ptr::eq(known, probe))?)
    }

    /// Whether this component answered the deciding exchange.
    pub fn answered_by(&self, layer: Layer) -> bool {
        self.answerer().layer == layer
    }

    /// The URL that a probe asked; the ask's own where a record leaves it out.
    pub fn url_of(&self, probe: &Probe) -> &Url {
        self.own_url_of(probe).unwrap_or(&self.ask.url)
    }

    /// The URL that a probe of this evidence asked, as far as it is one.
    pub(crate) fn own_url_of(&self, probe: &Probe) -> Option<&Url> {
        if probe.request.url == self.ask.url.as_str() {
            return Some(&self.ask.url);
        }
        self.facts_of(probe)?.url.get_or_init(|| Url::parse(&probe.request.url).ok()).as_ref()
    }

    /// The origin that a probe carried; the page's own where a record leaves it out.
    pub fn origin_of(&self, probe: &Probe) -> Cow<'a, Origin> {
        let ours = &self.ask.origin;
        match probe.request.header("origin").map(|sent| if sent == ours.as_str() { Ok(None) } else { Origin::parse(sent).map(Some) }) {
            Some(Ok(None)) => Cow::Borrowed(ours),
            Some(Ok(Some(other))) => Cow::Owned(other),
            _ if self.is_tainted(probe) => Cow::Owned(Origin::null()),
            _ => Cow::Borrowed(ours),
        }
    }

    /// Whether the redirects before a probe led from one foreign origin to another, so that browsers send `Origin: null`.
    /// <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>.
    fn is_tainted(&self, probe: &Probe) -> bool {
        let hops = self.browser_probes().filter(|p| p.hop <= probe.hop && p.purpose == Purpose::Actual || std::ptr::eq(*p, probe));
        let urls: Vec<&Url> = hops.map(|p| self.url_of(p)).collect();
        urls.windows(2).any(|pair| {
            let from = Origin::of(pair[0]);
            from != Origin::of(pair[1]) && from != self.ask.origin
        })
    }

    /// `host:port` of a probe's URL.
    pub fn authority_of(&self, probe: &Probe) -> String {
        authority(self.url_of(probe))
    }

    /// The S3-style XML error in the answer of a probe of this evidence.
    pub fn s3_error(&self, probe: &Probe) -> Option<&ErrorBody> {
        let response = probe.response.as_ref()?;
        self.facts_of(probe)?.s3_error.get_or_init(|| ErrorBody::parse(&response.body)).as_ref()
    }

    /// The error page of a website endpoint in the answer of a probe of this evidence.
    pub(crate) fn website_error(&self, probe: &Probe) -> Option<&ErrorBody> {
        let response = probe.response.as_ref()?;
        self.facts_of(probe)?.website_error.get_or_init(|| ErrorBody::of_website(&response.body, |name| response.header(name))).as_ref()
    }

    /// The JSON error body in the answer of a probe of this evidence.
    pub(crate) fn message_of(&self, probe: &Probe) -> Option<&Message> {
        let response = probe.response.as_ref()?;
        self.facts_of(probe)?.message.get_or_init(|| answer::message(&response.body)).as_ref()
    }

    /// Names of the request headers that the preflight asks for, lower case, sorted.
    pub fn asked_headers(&self) -> Vec<String> {
        verdict::unsafe_header_names(self.ask, self.engine)
    }

    /// The browser's preflight for the ask as changed by `change`. A preflight is made even when none would be due.
    pub fn preflight_step(&self, purpose: Purpose, change: impl FnOnce(&mut Ask)) -> Step {
        let mut ask = self.ask.clone();
        change(&mut ask);
        ask.upload_listener = true;
        let mut step = verdict::preflight_step(&ask, self.engine);
        step.purpose = purpose;
        step
    }

    /// The browser's actual request as a GET (or HEAD) for the ask as changed by `change`; only for reading.
    pub fn get_step(&self, purpose: Purpose, change: impl FnOnce(&mut Ask)) -> Step {
        let mut ask = self.ask.clone();
        ask.method = "GET".into();
        change(&mut ask);
        let mut step = verdict::actual_step(&ask, self.engine);
        step.purpose = purpose;
        step
    }

    /// The probe that asked this, if it was made.
    pub fn answer(&self, step: &Step) -> Option<&'a Probe> {
        self.evidence.probes.iter().find(|p| step.same_question(&p.request))
    }

    /// Whether a follow-up was refused as one request too many, so that nothing is known of what it asked.
    pub(crate) fn is_put_off(probe: &Probe) -> bool {
        probe.purpose.is_question() && probe.response.as_ref().is_some_and(Response::is_busy)
    }

    /// Whether the preflight that a probe made was let through: judged by the origin, method and header names it asked for.
    pub fn preflight_passes(&self, probe: &Probe) -> Option<bool> {
        let asked = self.asked_by(probe).filter(|_| !Self::is_put_off(probe))?;
        Some(verdict::preflight_allows(&asked, probe.response.as_ref()?))
    }

    /// Whether a browser would ask this and let the answer through: a preflight's by what it asked for, any other by the
    /// CORS check. Nothing is known of an answer that leads elsewhere, unless that is back to where the browser stopped.
    pub fn passes(&self, probe: &Probe) -> Option<bool> {
        let response = probe.response.as_ref().filter(|_| !Self::is_put_off(probe))?;
        if self.is_mixed_content(self.url_of(probe)) {
            return Some(false);
        }
        self.preflight_passes(probe).or_else(|| {
            let mut ask = self.ask.clone();
            ask.origin = self.origin_of(probe).into_owned();
            match self.leads_to(probe) {
                _ if !verdict::cors_allows(&ask, response) => Some(false),
                None => Some(true),
                Some(_) if ask.redirect == Redirect::Error => Some(false),
                Some(to) => (!self.allowed() && to == self.ask.url).then_some(false),
            }
        })
    }

    /// Where the answer of a probe leads, when it is a redirect.
    pub(crate) fn leads_to(&self, probe: &Probe) -> Option<Url> {
        let response = probe.response.as_ref().filter(|response| response.is_redirect())?;
        self.url_of(probe).join(response.header("location")?.trim()).ok()
    }

    /// Whether the page came over https and the URL is plain http, so that a browser never asks for it.
    pub(crate) fn is_mixed_content(&self, url: &Url) -> bool {
        verdict::is_mixed_content(&self.ask.origin, url, self.engine)
    }

    /// The request that proves a change which `change` makes to the ask: its preflight, or for a simple read the request itself.
    pub fn proof_step(&self, change: impl FnOnce(&mut Ask)) -> Step {
        let mut ask = self.ask.clone();
        change(&mut ask);
        if verdict::needs_preflight(&ask, self.engine) || !matches!(ask.sent_method().as_str(), "GET" | "HEAD") {
            self.preflight_step(Purpose::FixVerification, |changed| *changed = ask)
        } else {
            self.get_step(Purpose::FixVerification, |changed| *changed = ask)
        }
    }

    /// The ask that a recorded preflight stood for, as far as a preflight shows it.
    pub fn asked_by(&self, probe: &Probe) -> Option<Ask> {
        let method = probe.request.header("access-control-request-method")?;
        let origin = Origin::parse(probe.request.header("origin")?).ok()?;
        let names = probe.request.header("access-control-request-headers").unwrap_or_default();
        let &Ask { credentials, redirect, upload_listener, .. } = self.ask;
        Some(Ask {
            method: method.to_owned(),
            headers: names.split(',').map(str::trim).filter(|n| !n.is_empty()).map(|n| (n.to_owned(), None)).collect(),
            credentials,
            redirect,
            upload_listener,
            ..Ask::get(self.own_url_of(probe)?.clone(), origin)
        })
    }
}

/// `host:port` of a URL, with the scheme's own port where it names none.
pub fn authority(url: &Url) -> String {
    let port = url.port_or_known_default().map(|p| format!(":{p}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// A text of the other side, on one line and shortened to `most` characters.
pub fn quote(text: &str, most: usize) -> String {
    if text.len() <= most && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most + 1).collect();
    if line.chars().count() > most {
        line = line.chars().take(most).collect();
        line.push('…');
    }
    line
}
