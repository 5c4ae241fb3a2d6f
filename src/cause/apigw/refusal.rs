//! A REST API's bare `Forbidden`: one answer for a missing key, an unknown stage, an unmapped domain, a web ACL, the wrong
//! network. Reads the follow-ups and says which of them is left.
//!
//! Sources: AWS re:Post, "Troubleshoot 403 errors of API Gateway" and "API Gateway VPC connections" (documented); captures of
//! each case (reported). That the API key is checked before a WAF rule on the path cannot be told apart from outside.

use super::fault::{self, Fault};
use crate::aws;
use crate::cause::answer::Answer;
use crate::cause::places::{self, Nearby, first_segment, nearby};
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::{Probe, Purpose, Step};
use crate::layer::Layer;
use crate::web::site::Space;

/// What a `Forbidden` comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Key,
    Waf,
    Stage,
    Mapping,
    PrivateName,
    PrivateNetwork,
    HostForwarded,
    Unknown,
}

/// A `Forbidden` of a REST API, read.
pub(crate) struct Refusal<'a> {
    pub(crate) answer: Answer<'a>,
    pub(crate) origin: Origin,
    pub(crate) confidence: Confidence,
    /// The follow-up that tells, if one does.
    pub(crate) proof: Option<Nearby<'a>>,
}

/// Bodies above this size are refused by the size rule of AWS's common rule set.
pub(crate) const WAF_BODY_LIMIT: u64 = 8192;

/// Reads the refusal of this case; nothing when it is not a `Forbidden` of a REST API.
pub(crate) fn read<'a>(case: &Case<'a>) -> Option<Refusal<'a>> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::Forbidden || fault::is_http_api(case, &answer) {
        return None;
    }
    let (origin, confidence, proof) =
        by_name(case, &answer).or_else(|| by_follow_ups(case, &answer)).unwrap_or_else(|| by_ask(case, &answer));
    Some(Refusal { answer, origin, confidence, proof })
}

type Reading<'a> = (Origin, Confidence, Option<Nearby<'a>>);

/// What the name, its addresses and the way already tell.
fn by_name<'a>(case: &Case<'a>, answer: &Answer<'a>) -> Option<Reading<'a>> {
    let endpoint = case.target.endpoint.as_deref().unwrap_or_default();
    if case.target.kind == "api-gateway" && endpoint.starts_with("vpc-endpoint") {
        return Some((Origin::PrivateName, Confidence::Likely, None));
    }
    if private_address(case).is_some() {
        return Some((Origin::PrivateNetwork, Confidence::Likely, None));
    }
    let distribution = case.answerer_of(answer.probe).through.contains(&Layer::Cloudfront) || case.target.kind == "cloudfront";
    let direct = own_name_asked(case);
    let refused_too = direct.as_ref().is_some_and(|near| fault::of_probe(case, near.probe) == Some(Fault::Forbidden));
    if !distribution || refused_too {
        return None;
    }
    Some((Origin::HostForwarded, if direct.is_some() { Confidence::Confirmed } else { Confidence::Possible }, direct))
}

/// What the answers around it tell.
fn by_follow_ups<'a>(case: &Case<'a>, answer: &Answer<'a>) -> Option<Reading<'a>> {
    let near: Vec<Nearby<'a>> = nearby(case).collect();
    let keyed = keyed(case).filter(|_| answer.preflight);
    let alive = |near: &Nearby<'_>| fault::of_probe(case, near.probe) != Some(Fault::Forbidden);
    let first = |fits: &dyn Fn(&Nearby<'a>) -> bool| near.iter().find(|n| fits(n)).cloned();
    if let Some(keyed) = keyed.filter(|keyed| keyed.response.is_ok()) {
        return Some((Origin::Key, Confidence::Confirmed, Some(keyed)));
    }
    let here = first(&|n| n.same_path(case) && n.reads() && alive(n));
    let sibling = first(&|n| n.sibling(case) && alive(n));
    let passed = !answer.preflight && case.preflight().and_then(|p| p.response.as_ref()).is_some_and(crate::evidence::Response::is_ok);
    if here.is_some() || sibling.is_some() || passed {
        return Some(by_method(case, answer, here, sibling));
    }
    if let Some(direct) = own_name_asked(case).filter(alive) {
        let edge = answer.response.header("x-amz-cf-id").is_some();
        return Some((if edge { Origin::HostForwarded } else { Origin::Mapping }, Confidence::Confirmed, Some(direct)));
    }
    let place = if own_name(case) { Origin::Stage } else { Origin::Mapping };
    if let Some(elsewhere) = first(&|n| n.elsewhere(case) && alive(n)) {
        return Some((place, Confidence::Confirmed, Some(elsewhere)));
    }
    let everywhere = first(&|n| n.elsewhere(case) || n.sibling(case));
    everywhere.is_some().then_some((place, Confidence::Possible, everywhere))
}

/// The API asked under its own name.
fn own_name_asked<'a>(case: &Case<'a>) -> Option<Nearby<'a>> {
    places::answered(case).find(|near| near.url.host() != case.ask.url.host() && aws::target(&near.url).kind == "api-gateway")
}

/// Name, stage and network are fine, so the fault sits on this method: a key, or a rule of the web ACL.
fn by_method<'a>(case: &Case<'a>, answer: &Answer<'a>, here: Option<Nearby<'a>>, sibling: Option<Nearby<'a>>) -> Reading<'a> {
    let by_token = here.as_ref().is_some_and(|n| n.response.status == 401);
    // The same method without what the page adds: a key is asked of both or of neither.
    let plain_passes = here.as_ref().is_some_and(|n| n.response.is_ok() && n.probe.request.method == case.ask.sent_method());
    let proof = here.or(sibling);
    if plain_passes && !answer.preflight {
        return (Origin::Waf, Confidence::Confirmed, proof);
    }
    if asks_key(case) {
        let sure = if key_refused(case, answer) { Confidence::Possible } else { Confidence::Likely };
        return (Origin::Key, sure, proof);
    }
    let long = case.ask.body_bytes.is_some_and(|n| n > WAF_BODY_LIMIT);
    if !answer.preflight && (long || by_token) {
        return (Origin::Waf, if long { Confidence::Likely } else { Confidence::Possible }, proof);
    }
    (Origin::Key, Confidence::Possible, proof)
}

/// What the ask alone tells.
fn by_ask<'a>(case: &Case<'a>, answer: &Answer<'a>) -> Reading<'a> {
    let long = case.ask.body_bytes.is_some_and(|n| n > WAF_BODY_LIMIT);
    match () {
        () if asks_key(case) => (Origin::Key, Confidence::Possible, None),
        () if long && !answer.preflight => (Origin::Waf, Confidence::Possible, None),
        () => (Origin::Unknown, Confidence::Possible, None),
    }
}

/// Whether the page sends an API key.
pub(crate) fn asks_key(case: &Case<'_>) -> bool {
    case.asked_headers().iter().any(|name| name == "x-api-key")
}

/// The ask's preflight with the key of the page.
fn keyed<'a>(case: &Case<'a>) -> Option<Nearby<'a>> {
    nearby(case).find(|n| n.same_path(case) && n.is_preflight() && n.probe.request.header("x-api-key").is_some())
}

/// Whether the preflight with the page's key is refused like the one without.
pub(crate) fn key_refused(case: &Case<'_>, answer: &Answer<'_>) -> bool {
    answer.preflight && keyed(case).is_some_and(|keyed| fault::of_probe(case, keyed.probe) == Some(Fault::Forbidden))
}

/// Whether the URL names the API itself, and not a custom domain.
pub(crate) fn own_name(case: &Case<'_>) -> bool {
    case.target.kind == "api-gateway"
}

/// The private address behind an API's own name.
pub(crate) fn private_address(case: &Case<'_>) -> Option<String> {
    let private = |text: &&String| text.parse().is_ok_and(|address| Space::of_address(address) == Space::Local);
    let addresses = |probe: &Probe| probe.dns.as_ref().and_then(|dns| dns.addresses.iter().find(private).cloned());
    let of_api = case.target.kind.starts_with("api-gateway")
        || case
            .evidence
            .probes
            .iter()
            .filter_map(|p| p.dns.as_ref())
            .filter_map(|d| aws::chain_target(&d.chain))
            .any(|t| t.kind.starts_with("api-gateway"));
    let address =
        case.browser_probes().chain(case.follow_ups().filter(|p| case.url_of(p).host() == case.ask.url.host())).find_map(addresses)?;
    of_api.then_some(address)
}

impl<'a> Refusal<'a> {
    /// The finding, with the follow-ups that tell the candidates apart.
    pub(crate) fn finding(&self, case: &Case<'a>, explanation: &str) -> Finding {
        let mut finding = self.answer.finding(case, explanation).confidence(self.confidence);
        if let Some(keyed) = keyed(case).filter(|_| key_refused(case, &self.answer)) {
            finding = finding.cite(keyed.probe, format!("the preflight with x-api-key: status {}", keyed.response.status));
        }
        if let Some(near) = &self.proof {
            let path = near.url.path();
            finding = finding.cite(near.probe, format!("{} {path}: status {}", near.probe.request.method, near.response.status));
        }
        self.questions(case).into_iter().fold(finding, Finding::want)
    }

    fn questions(&self, case: &Case<'a>) -> Vec<Step> {
        let at = |url| case.preflight_step(Purpose::RandomPath, |ask| ask.url = url);
        let mut steps = vec![at(places::sibling(case)), at(places::elsewhere(case)), places::plain_get(case)];
        if let Some(key) = case.ask.header("x-api-key").filter(|_| self.answer.preflight) {
            steps.push(places::preflight_with(case, Purpose::VaryClient, "x-api-key", key));
        }
        if self.origin == Origin::Stage && self.confidence == Confidence::Possible {
            steps.extend(STAGES.iter().map(|stage| at(with_stage(case, stage))));
        }
        steps
    }
}

/// Stages that the tools make by themselves: Serverless Framework, CDK, SAM, Chalice.
const STAGES: [&str; 4] = ["dev", "prod", "Prod", "api"];

/// The ask's URL with a stage in front.
pub(crate) fn with_stage(case: &Case<'_>, stage: &str) -> url::Url {
    let mut url = case.ask.url.clone();
    url.set_path(&format!("/{stage}{}", case.ask.url.path()));
    url
}

/// The first segment, for sentences.
pub(crate) fn first(case: &Case<'_>) -> String {
    first_segment(&case.ask.url).map_or_else(|| "/".to_owned(), |segment| format!("/{segment}"))
}
