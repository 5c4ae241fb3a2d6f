//! The fetch algorithm, walked once over what was recorded: it ends with a decision, or with the exchange that is missing.
//!
//! Live runs and replays share it: a live run sends the missing exchange and walks again.

use std::borrow::Cow;

use super::cors_check::cors_check;
use super::flight::Flight;
use super::preflight;
use super::profile::Profile;
use super::reason::Reason;
use super::redirect::{self, Location};
use super::{Outcome, Stage};
use crate::ask::{Ask, Redirect};
use crate::evidence::{Failure, Probe, Purpose, Response};
use crate::web::site::{self, Space};
use crate::web::{header, method};

/// How a walk ended, and where.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    /// The request at its last hop.
    pub(super) flight: Flight<'a>,
    /// How it ended.
    pub(super) end: End<'a>,
    /// The preflights.
    pub(super) preflight: Outcome,
    /// The actual requests.
    pub(super) actual: Outcome,
    /// Index of the exchange that was looked at last.
    pub(super) last: Option<usize>,
}

/// How a walk ended.
#[derive(Debug)]
pub(super) enum End<'a> {
    /// The page gets this answer.
    Readable(&'a Response),
    /// The page gets a redirect that it cannot look into (redirect mode `manual`).
    Opaque,
    /// The engine objects.
    Blocked(Stage, Reason<'a>),
    /// The preflight of this hop is not recorded, nor is the request.
    NeedsPreflight,
    /// The request of this hop is not recorded; `vouched` when a preflight spoke for it.
    NeedsActual {
        /// A preflight of this hop passed.
        vouched: bool,
    },
    /// The trouble is on the prober's own side.
    Unknown(Stage),
}

/// Walks the record as one engine.
pub(super) fn walk<'a>(ask: &'a Ask, probes: &'a [Probe], profile: &'static Profile) -> Walk<'a> {
    let mut walk =
        Walk { flight: Flight::new(ask, profile), end: End::Opaque, preflight: Outcome::NotRequired, actual: Outcome::NotSent, last: None };
    if let Some(reason) = objection_to_ask(ask) {
        walk.preflight = Outcome::NotSent;
        walk.end = End::Blocked(Stage::Request, reason);
        return walk;
    }
    loop {
        if let Some(end) = walk.hop(probes) {
            walk.end = end;
            return walk;
        }
    }
}

/// What `fetch` refuses before there is a request. <https://fetch.spec.whatwg.org/#dom-request>.
fn objection_to_ask(ask: &Ask) -> Option<Reason<'_>> {
    if !method::is_valid(&ask.method) {
        return Some(Reason::InvalidMethod(&ask.method));
    }
    if method::is_forbidden(&ask.method) {
        return Some(Reason::ForbiddenMethod(&ask.method));
    }
    let bad = ask.headers.iter().find(|(name, value)| !header::is_valid(name, value.as_deref().unwrap_or_default()))?;
    Some(Reason::InvalidHeader(&bad.0))
}

impl<'a> Walk<'a> {
    /// One hop: what is said of sending it, its preflight, the request, and whether a redirect leads on (`None`).
    fn hop(&mut self, probes: &'a [Probe]) -> Option<End<'a>> {
        let hop = self.flight.hop;
        let at = |purpose| find(probes, purpose, hop).or_else(|| find(probes, purpose, self.flight.same_before()?));
        let (preflight, actual) = (at(Purpose::Preflight), at(Purpose::Actual));
        if let Some(reason) = self.objection_to_sending(preflight.or(actual).map(|(_, probe)| probe)) {
            if hop == 0 {
                self.preflight = Outcome::NotSent;
                return Some(End::Blocked(Stage::Request, reason));
            }
            self.actual = Outcome::Failed;
            return Some(End::Blocked(Stage::Actual, reason));
        }
        if self.flight.off_record {
            return Some(End::Opaque);
        }
        let looks_ahead = self.flight.profile.preflights_every_hop;
        let names = if self.flight.cross_origin || looks_ahead { self.flight.unsafe_names() } else { Vec::new() };
        let due = self.flight.needs_preflight(&names);
        let preflight = preflight.filter(|(_, probe)| due || actual.is_some() || !self.says_nothing(probe, &names));
        // A preflight that nobody would send is not looked at, unless it is all that is known.
        let mut vouched = false;
        if due || (actual.is_none() && self.flight.cross_origin && preflight.is_some()) {
            match preflight {
                Some((index, probe)) => {
                    if let Some(end) = self.judge_preflight(index, probe, &names) {
                        return Some(end);
                    }
                    vouched = true;
                }
                // Whoever saw the request saw the preflight pass.
                None if actual.is_some() => self.preflight = Outcome::NotSent,
                None => {
                    self.preflight = Outcome::NotSent;
                    return Some(End::NeedsPreflight);
                }
            }
        }
        match actual {
            None => {
                // The hops behind were sent; what they led to was not.
                self.actual = Outcome::NotSent;
                Some(End::NeedsActual { vouched })
            }
            Some((index, probe)) => self.judge_actual(index, probe),
        }
    }

    fn objection_to_sending(&self, probe: Option<&Probe>) -> Option<Reason<'a>> {
        if self.flight.is_mixed_content() {
            return Some(Reason::MixedContent);
        }
        if !self.flight.profile.guards_local_network {
            return None;
        }
        let space = Space::of_url(&self.flight.url).or_else(|| probe.and_then(resolved_space)).filter(|space| *space != Space::Public)?;
        let page = &self.flight.ask.origin;
        let is_guarded = !page.is_null() && !site::is_trustworthy_origin(page) && site::may_be_public(page);
        is_guarded.then_some(Reason::InsecureLocalNetwork(space))
    }

    /// Whether an inquiry asked OPTIONS in place of a POST that a browser sends without asking, and was refused: that it passes speaks
    /// for the server, that it fails says nothing of the POST. A preflight without its place in an inquiry was sent by a browser.
    fn says_nothing(&self, probe: &Probe, names: &[Cow<'a, str>]) -> bool {
        let Some(response) = &probe.response else { return false };
        self.flight.ask.method.eq_ignore_ascii_case("post")
            && probe.timing_ms.started.is_some()
            && preflight::judge(self.flight.profile, &self.flight.asked(names), response).is_err()
    }

    fn judge_preflight(&mut self, index: usize, probe: &'a Probe, names: &[Cow<'a, str>]) -> Option<End<'a>> {
        self.last = Some(index);
        let end = match answer(probe) {
            Err(end) => end,
            Ok(response) => match preflight::judge(self.flight.profile, &self.flight.asked(names), response) {
                Ok(()) => {
                    self.preflight = Outcome::Passed;
                    return None;
                }
                Err(reason) => End::Blocked(Stage::Preflight, reason),
            },
        };
        self.preflight = if matches!(end, End::Unknown(_)) { Outcome::NotSent } else { Outcome::Failed };
        if self.flight.hop > 0 {
            self.actual = Outcome::Failed;
        }
        Some(end)
    }

    fn judge_actual(&mut self, index: usize, probe: &'a Probe) -> Option<End<'a>> {
        self.last = Some(index);
        let end = match answer(probe) {
            Err(end) => Some(end),
            Ok(response) => match self.read(response) {
                Ok(end) => end,
                Err(reason) => Some(End::Blocked(Stage::Actual, reason)),
            },
        };
        self.actual = match &end {
            Some(End::Blocked(..)) => Outcome::Failed,
            Some(End::Unknown(_)) => Outcome::NotSent,
            _ => Outcome::Passed,
        };
        end
    }

    /// Reads the answer to the request proper; `None` when a redirect was followed.
    fn read(&mut self, response: &'a Response) -> Result<Option<End<'a>>, Reason<'a>> {
        let flight = &mut self.flight;
        let profile = flight.profile;
        if profile.proxy_auth_ends_it && response.status == 407 {
            return Err(Reason::ProxyAuth);
        }
        if redirect::is_ambiguous(profile, response) {
            return Err(Reason::RedirectAmbiguous);
        }
        let location = redirect::location(profile, response);
        if let Location::To(target) = location {
            redirect::network_fault(profile, &flight.url, target, flight.ask.redirect)?;
        }
        if flight.cross_origin {
            cors_check(profile, response, flight.origin(), flight.ask.with_credentials())?;
        }
        match (location, flight.ask.redirect) {
            (Location::None, _) | (Location::Empty, Redirect::Error) => Ok(Some(End::Readable(response))),
            (_, Redirect::Error) => Err(Reason::RedirectMode),
            (_, Redirect::Manual) => Ok(Some(End::Opaque)),
            (Location::Empty, Redirect::Follow) => Err(Reason::RedirectEmpty),
            (Location::To(target), Redirect::Follow) => self.follow(response, target),
            (Location::Joined(target), Redirect::Follow) => {
                flight.off_record = true;
                self.follow(response, &target)
            }
        }
    }

    fn follow(&mut self, response: &Response, target: &str) -> Result<Option<End<'a>>, Reason<'a>> {
        let flight = &mut self.flight;
        let to = redirect::resolve(&flight.url, target)?;
        let is_across = flight.cross_origin || !flight.ask.origin.is_of(&to);
        if let Some(reason) = redirect::objection(flight.profile, &to, flight.cross_origin, is_across) {
            return Err(reason);
        }
        if flight.hop >= redirect::LIMIT {
            return Err(Reason::RedirectLimit);
        }
        flight.follow(response.status, to, target.is_empty());
        Ok(None)
    }
}

fn find(probes: &[Probe], purpose: Purpose, hop: u32) -> Option<(usize, &Probe)> {
    probes.iter().enumerate().find(|(_, probe)| probe.purpose == purpose && probe.hop == hop)
}

/// The answer of an exchange, or how its failure ends the walk.
fn answer(probe: &Probe) -> Result<&Response, End<'_>> {
    match (&probe.response, &probe.failure) {
        (Some(response), _) => Ok(response),
        (None, Some(failure)) if failure.kind.is_own() => Err(End::Unknown(stage_of(failure))),
        (None, Some(failure)) => Err(End::Blocked(stage_of(failure), Reason::Network(failure.kind))),
        (None, None) => Err(End::Unknown(Stage::None)),
    }
}

fn stage_of(failure: &Failure) -> Stage {
    use crate::evidence::FailureKind as Kind;
    match failure.kind {
        Kind::DnsNxdomain | Kind::DnsNoAddress | Kind::DnsServfail | Kind::DnsRefused | Kind::DnsTimeout | Kind::DnsMalformed => Stage::Dns,
        Kind::TcpRefused | Kind::TcpTimeout | Kind::TcpReset | Kind::NetworkUnreachable | Kind::Proxy | Kind::Local => Stage::Connect,
        Kind::TlsHostnameMismatch | Kind::TlsExpired | Kind::TlsNotYetValid | Kind::TlsUntrustedCa | Kind::TlsHandshake => Stage::Tls,
        Kind::HttpTimeout | Kind::HttpMalformed | Kind::ConnectionClosed => Stage::Http,
    }
}

/// The most private address that the user's own resolver gave.
fn resolved_space(probe: &Probe) -> Option<Space> {
    let dns = probe.dns.as_ref().filter(|dns| !dns.overridden)?;
    dns.addresses.iter().filter_map(|text| text.parse().ok()).map(Space::of_address).min()
}

#[cfg(test)]
mod tests {
    use crate::ask::Ask;
    use crate::evidence::{Probe, Purpose, Response, Timing};
    use crate::verdict::{Engine, Outcome, decide};
    use crate::web::Origin;

    /// A form's POST goes out without a question: OPTIONS, asked in its place, may speak for the server and not against it.
    #[test]
    fn a_simple_post_is_not_blocked_by_a_preflight_that_nobody_sends() {
        let mut ask = Ask::get("https://api.example.com/items".parse().unwrap(), Origin::parse("https://app.example.com").unwrap());
        ask.method = "POST".into();
        let answered = |status, lines: &[(&str, &str)]| {
            let headers = lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let response = Some(Response { status, headers, ..Response::default() });
            let timing_ms = Timing { started: Some(0.0), ..Timing::default() };
            Probe { purpose: Purpose::Preflight, response, timing_ms, ..Probe::default() }
        };
        let (refused, passed) = (answered(405, &[]), answered(204, &[("access-control-allow-origin", "*")]));
        let told = |ask: &Ask, probe: &Probe| {
            let verdict = decide(ask, std::slice::from_ref(probe), Engine::Chromium);
            (verdict.allowed, verdict.preflight)
        };
        assert_eq!(told(&ask, &refused), (None, Outcome::NotRequired));
        assert_eq!(told(&ask, &passed).0, Some(true));
        let recorded = Probe { timing_ms: Timing::default(), ..refused.clone() };
        assert_eq!(told(&ask, &recorded), (Some(false), Outcome::Failed));
        ask.upload_listener = true;
        assert_eq!(told(&ask, &refused), (Some(false), Outcome::Failed));
    }
}
