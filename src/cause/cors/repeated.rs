//! A request that was asked more than once: what came of it each time, and when it is worth asking again.
//!
//! One answer of many servers says little of the others. Asking again costs them requests, so it is done only where something
//! shows that several answer in turn: a gateway's error, a cache, the cookie of a balancer, several addresses.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::cause::Case;
use crate::cause::cached::cache_sign;
use crate::evidence::{FailureKind, Probe, Purpose, Response, Step};
use crate::layer::Layer;
use crate::verdict::{self, Stage};

/// How often a request is asked again.
const AGAIN: u32 = 3;
/// Answers to one request that are looked at.
const MOST_ANSWERS: usize = 100;
/// Browsers follow no more redirects.
const MOST_HOPS: u32 = 20;

/// One request of the browser, with every answer to it.
pub(super) struct Repeated<'a> {
    /// Each exchange, and whether the browser would have gone on after it.
    pub(super) answers: Vec<(&'a Probe, bool)>,
}

impl<'a> Repeated<'a> {
    /// The requests of this case that were asked more than once.
    pub(super) fn all(case: &Case<'a>) -> Vec<Self> {
        let walked = walked(case);
        (0..walked.len()).filter_map(|place| Self::of(case, &walked, place)).collect()
    }

    /// The request that decided, if it was asked more than once.
    pub(super) fn deciding(case: &Case<'a>) -> Option<Self> {
        let (walked, deciding) = (walked(case), case.deciding()?);
        let place = walked.iter().position(|probe| std::ptr::eq(*probe, deciding))?;
        Self::of(case, &walked, place)
    }

    fn of(case: &Case<'a>, walked: &[&'a Probe], place: usize) -> Option<Self> {
        let first = *walked.get(place)?;
        let again: Vec<&Probe> = case.evidence.probes.iter().filter(|probe| is_again(first, probe)).take(MOST_ANSWERS).collect();
        if again.is_empty() || is_busy(first) {
            return None;
        }
        let stopped = !case.allowed() && case.deciding().is_some_and(|probe| std::ptr::eq(probe, first));
        let mut probes: Vec<Probe> = walked.iter().map(|probe| (*probe).clone()).collect();
        let mut answers = vec![(first, !stopped)];
        for other in again.into_iter().filter(|probe| !is_busy(probe) && is_seen(probe)) {
            // What the browser would decide, had it seen this answer in place of the first.
            *probes.get_mut(place)? = Probe { purpose: first.purpose, ..other.clone() };
            answers.push((other, verdict::decide(case.ask, &probes, case.engine).stopped_at != Some(place)));
        }
        (answers.len() > 1).then_some(Self { answers })
    }

    /// The exchanges that passed, or that did not.
    pub(super) fn that(&self, passed: bool) -> impl Iterator<Item = &'a Probe> + Clone {
        self.answers.iter().filter(move |(_, passes)| *passes == passed).map(|(probe, _)| *probe)
    }

    /// Whether some passed and some did not.
    pub(super) fn differ(&self) -> bool {
        self.that(true).next().is_some() && self.that(false).next().is_some()
    }
}

/// Whether a probe is the same request as a browser's, once more.
fn is_again(first: &Probe, probe: &Probe) -> bool {
    let told = !first.request.method.is_empty() && first.request.header("origin").is_some();
    let same_role = probe.purpose == first.purpose || (told && matches!(probe.purpose, Purpose::Repeat | Purpose::FollowUp));
    !std::ptr::eq(first, probe) && same_role && probe.hop == first.hop && probe.request == first.request
}

/// Whether the server asked for fewer requests: that it answers so now and then needs no other reason.
fn is_busy(probe: &Probe) -> bool {
    probe.response.as_ref().is_some_and(Response::is_busy)
}

/// Whether something came of a probe that is not the prober's own trouble.
fn is_seen(probe: &Probe) -> bool {
    probe.response.is_some() || probe.failure.as_ref().is_some_and(|failure| !failure.kind.is_own())
}

/// The exchanges that the verdict looks at: the first preflight and the first request of each hop.
fn walked<'a>(case: &Case<'a>) -> Vec<&'a Probe> {
    let mut seen = BTreeSet::new();
    case.browser_probes().filter(|probe| probe.hop <= MOST_HOPS && seen.insert((probe.purpose, probe.hop))).collect()
}

/// The requests to ask again: the one that decided, where its answer may be one of several; all of them where a browser was refused
/// what passes here.
pub(super) fn steps(case: &Case<'_>, doubted: bool) -> Vec<Step> {
    let decided = |probe: &Probe| case.deciding().is_some_and(|deciding| std::ptr::eq(deciding, probe));
    let times = |probe: &Probe| match () {
        () if case.allowed() => {
            if doubted {
                AGAIN
            } else {
                0
            }
        }
        () if !decided(probe) => 0,
        () if may_differ(case, probe) => AGAIN,
        () => u32::from(is_refused_by_rules(case, probe)),
    };
    let unasked = |probe: &&Probe| !case.evidence.probes.iter().any(|other| is_again(probe, other));
    let asked = walked(case).into_iter().filter(unasked).filter_map(|probe| Some((Step::again(probe)?, times(probe))));
    asked.flat_map(|(step, times)| (1..=times).map(move |turn| step.clone().repeated(turn))).collect()
}

/// Whether S3 found no rule for a preflight. It shows a change of the rules a few seconds after they were saved, and not everywhere
/// at once.
fn is_refused_by_rules(case: &Case<'_>, probe: &Probe) -> bool {
    let refused = |response: &Response| response.status == 403 && response.body.contains("This CORS request is not allowed");
    probe.request.method == "OPTIONS" && probe.response.as_ref().is_some_and(refused) && case.answerer_of(probe).layer == Layer::S3
}

/// Whether something shows that another answer to the same request is to be expected.
fn may_differ(case: &Case<'_>, probe: &Probe) -> bool {
    if !matches!(case.verdict.stage, Stage::Preflight | Stage::Actual | Stage::Http | Stage::Connect) || is_busy(probe) {
        return false;
    }
    let Some(response) = &probe.response else {
        let lost = |kind| matches!(kind, FailureKind::ConnectionClosed | FailureKind::TcpReset);
        return probe.failure.as_ref().is_some_and(|failure| lost(failure.kind))
            && (has_several_addresses(probe) || case.target.kind == "alb");
    };
    let answerer = case.answerer_of(probe);
    match response.status {
        // These say that somebody answered for another. <https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3>.
        502..=504 => !answerer.layer.is_s3_like(),
        _ if response.is_redirect() => false,
        _ => {
            let own = matches!(answerer.layer, Layer::Server | Layer::Nginx | Layer::Envoy | Layer::Alb);
            let fronted = answerer.involves(Layer::Cloudfront) || answerer.involves(Layer::Cloudflare);
            (own && !fronted && has_several_addresses(probe))
                || is_balanced(response)
                || cache_sign(response).is_some()
                || is_contradicted(case, probe)
        }
    }
}

/// Whether the name leads to more than one machine: an address of each family may be the same one.
fn has_several_addresses(probe: &Probe) -> bool {
    let addresses = || probe.dns.iter().flat_map(|dns| &dns.addresses).filter_map(|text| text.parse::<IpAddr>().ok());
    let of_v4 = addresses().filter(IpAddr::is_ipv4).count();
    of_v4 > 1 || addresses().count() - of_v4 > 1
}

/// Whether the answer shows that a balancer chose who gives it.
fn is_balanced(response: &Response) -> bool {
    const COOKIES: [&str; 6] = ["awsalb", "awselb", "serverid", "bigipserver", "gclb", "arraffinity"];
    let sticky = |value: &str| COOKIES.iter().any(|name| value.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let named = ["x-served-by", "x-backend", "x-backend-server", "x-instance-id", "x-upstream"];
    named.iter().any(|name| response.header(name).is_some()) || response.lines("set-cookie").any(sticky)
}

/// Whether the server gave another preflight, different in its origin or header names alone, an answer that would have let this one
/// through.
fn is_contradicted(case: &Case<'_>, first: &Probe) -> bool {
    if first.purpose != Purpose::Preflight || first.hop != 0 {
        return false;
    }
    let varied = |name: &str| ["origin", "referer", "access-control-request-headers"].iter().any(|free| name.eq_ignore_ascii_case(free));
    let fixed = |probe: &Probe| -> Vec<(String, String)> {
        let headers =
            probe.request.headers.iter().filter(|(name, _)| !varied(name) && !name.to_ascii_lowercase().starts_with("sec-fetch-"));
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
    };
    let alike =
        |probe: &&Probe| probe.request.url == first.request.url && probe.request.method == "OPTIONS" && fixed(probe) == fixed(first);
    let lets = |response: &Response| verdict::preflight_allows(case.ask, response);
    case.follow_ups().filter(alike).filter_map(|probe| probe.response.as_ref()).any(lets)
}
