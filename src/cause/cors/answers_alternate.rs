//! One and the same request passes one time and fails another.

use super::repeated::Repeated;
use crate::cause::cached::cache_sign;
use crate::cause::places::past_cache;
use crate::cause::{Case, Confidence, Finding, Fix, Place, Severity, authority, quote};
use crate::evidence::{Probe, Purpose};
use crate::remedy::command;

cause! {
    /// # What happened
    /// One and the same request was sent several times; some answers pass, others do not. Several servers, or several copies in a cache,
    /// stand behind one name, and they are not alike: a deployment that reached half of them, a sick target, an old copy.
    /// # Why the browser hides it
    /// Each single failure looks like missing CORS headers or like a server that is down. "It works on my machine" and "it works when I
    /// reload" are the only signs.
    /// # How to tell
    /// The same preflight, asked again over connections of their own, is answered in two ways. What the good answers have in common and the
    /// bad ones lack (the address, Server, Via, X-Served-By, the edge location, X-Cache) names the culprit.
    /// # Fix
    /// Bring every instance behind the name to the same configuration, take a sick one out of rotation, empty the cache. Then ask often
    /// enough to be sure: `whycors probe … --repeat 20 --all-addresses`.
    /// # Sources
    /// - Fetch: every preflight is judged by itself: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - RFC 9110, gateways and their errors: <https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3>
    "answers-alternate": "the same request passes one time and fails another", Cause, Exact, Server,
    supersedes: ["alb-bad-gateway", "alb-gateway-timeout", "alb-no-target"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let asked = Repeated::all(case).into_iter().find(Repeated::differ)?;
    let (good, bad) = (asked.that(true).count(), asked.that(false).count());
    let first = asked.answers.first()?.0;
    let place = authority(case.url_of(first));
    let method = if first.request.method.is_empty() { "request" } else { &first.request.method };
    let finding = Finding::new(format!(
        "Of {} answers to one and the same {method} at {place}, {good} pass and {bad} fail: what answers under this name is not always \
         alike. {}",
        good + bad,
        told_apart(&asked)
    ));
    let cited = asked.answers.iter().take(6).fold(finding, |finding, (probe, passes)| {
        finding.cite(probe, format!("{}: {}", if *passes { "passes" } else { "fails" }, outcome(probe)))
    });
    let culprit = asked.that(false).next()?;
    let finding = fixes(case, &asked, cited).layer(case.answerer_of(culprit).layer).confidence(Confidence::Confirmed);
    Some(if case.allowed() || is_a_cache_alone(case, &asked) { finding.place(Place::Beside).severity(Severity::Warning) } else { finding })
}

/// That the request which decided was answered alike every time.
pub(super) fn ruled_out(case: &Case<'_>) -> Option<(&'static str, String)> {
    let asked = Repeated::deciding(case).filter(|asked| !asked.differ())?;
    let (times, passed) = (asked.answers.len(), asked.that(true).next().is_some());
    let how = if passed { "passed" } else { "failed" };
    let mut statuses: Vec<String> = asked.answers.iter().map(|(probe, _)| status(probe)).collect();
    statuses.sort();
    statuses.dedup();
    let unlike = if statuses.len() > 1 { format!(", though not alike: status {}", statuses.join(", ")) } else { String::new() };
    Some((RULE.code, format!("asked {times} times, the same request {how} every time{unlike}")))
}

fn status(probe: &Probe) -> String {
    probe.response.as_ref().map_or("no answer".to_owned(), |response| response.status.to_string())
}

/// Whether a fresh query leads past every bad answer, so that the causes about caches say it better.
fn is_a_cache_alone(case: &Case<'_>, asked: &Repeated<'_>) -> bool {
    let fresh_passes = past_cache(case).and_then(|near| case.passes(near.probe));
    fresh_passes == Some(true) && asked.that(false).all(|probe| is_copy(probe) && probe.purpose != Purpose::Preflight)
}

fn is_copy(probe: &Probe) -> bool {
    probe.response.as_ref().is_some_and(|response| cache_sign(response).is_some())
}

fn fixes(case: &Case<'_>, asked: &Repeated<'_>, finding: Finding) -> Finding {
    let sick = |probe: &Probe| probe.response.as_ref().is_none_or(|response| response.status >= 500);
    let finding = if asked.that(false).any(sick) {
        finding.fix(Fix::new(
            "take-out-sick-target",
            "take the instance that fails out of rotation, or mend it",
            "A health check that asks OPTIONS as well as GET finds it the next time.",
        ))
    } else {
        finding
    };
    let finding = if asked.that(false).any(is_copy) {
        finding.fix(Fix::new(
            "purge-cache",
            "empty the cache for this URL, and send Vary: Origin on every answer",
            "A copy that was made for another request is given out until it ends.",
        ))
    } else {
        finding
    };
    let again = format!("{} --repeat 20 --all-addresses", command::probe(case.ask));
    let same = if asked.that(false).any(|probe| case.answerer_of(probe).layer.is_s3_like()) {
        Fix::new(
            "wait-for-change",
            "wait a minute, then ask often enough to see the last of the old rules",
            "A store shows a change of a bucket's CORS rules some seconds after it was saved, and not everywhere at once.",
        )
    } else {
        Fix::new(
            "same-configuration",
            "bring every instance behind the name to the configuration of those that pass",
            "An old version, a node that missed a deployment, an edge with other rules. Then ask often enough to see the last of it.",
        )
    };
    finding.fix(same.snippet("shell", "ask again", again))
}

/// What an answer is, in a few words.
fn outcome(probe: &Probe) -> String {
    let from = probe.connection.as_ref().map(|connection| format!(" from {}", connection.address)).unwrap_or_default();
    match (&probe.response, &probe.failure) {
        (Some(response), _) => {
            let allowed = response.combined("access-control-allow-origin");
            let allowed =
                allowed.map_or("no Access-Control-Allow-Origin".into(), |v| format!("Access-Control-Allow-Origin: {}", quote(&v, 80)));
            format!("status {}, {allowed}{from}", response.status)
        }
        (None, Some(failure)) => format!("{}{from}", quote(&failure.detail, 120)),
        (None, None) => "no answer".into(),
    }
}

/// Header lines that tell machines, places and versions apart.
const TELLING: [&str; 18] = [
    "x-served-by",
    "x-backend",
    "x-backend-server",
    "x-instance-id",
    "x-upstream",
    "x-version",
    "x-powered-by",
    "server",
    "via",
    "x-amz-cf-pop",
    "x-cache",
    "cf-cache-status",
    "x-cache-status",
    "cache-status",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-allow-credentials",
];

/// What every good answer has otherwise than every bad one.
fn told_apart(asked: &Repeated<'_>) -> String {
    let address = |probe: &Probe| probe.connection.as_ref().map(|connection| connection.address.clone());
    let aged = |probe: &Probe| Some(if is_copy(probe) { "a cache's copy" } else { "fresh" }.to_owned());
    let by_value = [apart(asked, "status", |probe| Some(status(probe))), apart(asked, "address", address), apart(asked, "made", aged)];
    let by_header = TELLING.iter().map(|name| apart(asked, name, |probe| probe.response.as_ref()?.combined(name)));
    let told: Vec<String> = by_value.into_iter().chain(by_header).flatten().collect();
    if told.is_empty() {
        return "Nothing in the answers tells the good from the bad; an instance that names itself in a header (X-Served-By) would.".into();
    }
    format!("What tells them apart: {}.", told.join("; "))
}

/// How the good and the bad differ in one respect, if no value is on both sides.
fn apart(asked: &Repeated<'_>, name: &str, value: impl Fn(&Probe) -> Option<String>) -> Option<String> {
    let of = |passed| {
        let mut values: Vec<Option<String>> = asked.that(passed).map(&value).collect();
        values.sort();
        values.dedup();
        values
    };
    let (good, bad) = (of(true), of(false));
    let shown = |values: &[Option<String>]| {
        let values: Vec<String> = values.iter().take(3).map(|value| value.as_ref().map_or("none".to_owned(), |v| quote(v, 80))).collect();
        values.join(" or ")
    };
    let differ = good.iter().all(|value| !bad.contains(value));
    differ.then(|| format!("{name} {} where it passes, {} where it fails", shown(&good), shown(&bad)))
}
