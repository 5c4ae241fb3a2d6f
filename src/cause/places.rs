//! Places next to the ask's own URL that a follow-up can ask, and the follow-ups that asked there.
//!
//! Follow-ups are read by what they asked, not by why they were sent, so a record made by others tells as much.

use url::Url;

use super::Case;
use super::cached::cache_sign;
use crate::ask::Credentials;
use crate::evidence::{Probe, Purpose, Response, Step};

/// A follow-up to the ask's own host, with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Nearby<'a> {
    /// The exchange.
    pub(crate) probe: &'a Probe,
    /// Its answer.
    pub(crate) response: &'a Response,
    /// Its URL.
    pub(crate) url: Url,
}

impl Nearby<'_> {
    /// Whether it asked for the ask's own path.
    pub(crate) fn same_path(&self, case: &Case<'_>) -> bool {
        self.url.path() == case.ask.url.path()
    }

    /// Whether it asked for another path below the same first segment.
    pub(crate) fn sibling(&self, case: &Case<'_>) -> bool {
        !self.same_path(case) && first_segment(&self.url).is_some() && first_segment(&self.url) == first_segment(&case.ask.url)
    }

    /// Whether it asked below another first segment.
    pub(crate) fn elsewhere(&self, case: &Case<'_>) -> bool {
        first_segment(&self.url) != first_segment(&case.ask.url)
    }

    /// Whether it is a preflight.
    pub(crate) fn is_preflight(&self) -> bool {
        self.probe.request.method == "OPTIONS" && self.probe.request.header("access-control-request-method").is_some()
    }

    /// Whether it reads: GET or HEAD.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.probe.request.method.as_str(), "GET" | "HEAD")
    }
}

/// The answered follow-ups, in order.
pub(crate) fn answered<'a>(case: &Case<'a>) -> impl Iterator<Item = Nearby<'a>> {
    case.follow_ups()
        .filter_map(move |probe| Some(Nearby { probe, response: probe.response.as_ref()?, url: case.own_url_of(probe)?.clone() }))
}

/// The answered follow-ups to the ask's own host, in order.
pub(crate) fn nearby<'a>(case: &Case<'a>) -> impl Iterator<Item = Nearby<'a>> {
    let ours = case.ask.url.clone();
    answered(case).filter(move |near| near.url.host() == ours.host() && near.url.port_or_known_default() == ours.port_or_known_default())
}

/// A plain read of the ask's own path: no credentials, no headers of the page.
pub(crate) fn plain_get(case: &Case<'_>) -> Step {
    case.get_step(Purpose::FollowUp, |ask| {
        ask.headers.clear();
        ask.credentials = Credentials::Omit;
    })
}

/// The follow-up that read the ask's own path.
pub(crate) fn read_here<'a>(case: &Case<'a>) -> Option<Nearby<'a>> {
    nearby(case).find(|near| near.reads() && near.same_path(case))
}

/// The ask's preflight with one more header line, replacing one of that name.
pub(crate) fn preflight_with(case: &Case<'_>, purpose: Purpose, name: &str, value: &str) -> Step {
    let mut step = case.preflight_step(purpose, |_| {});
    step.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    step.headers.push((name.to_owned(), value.to_owned()));
    step
}

/// The first segment of a path: the stage of an API's own name, the base path of a custom domain.
pub(crate) fn first_segment(url: &Url) -> Option<&str> {
    url.path_segments()?.next().filter(|segment| !segment.is_empty())
}

/// A path that nobody serves, below the same first segment.
pub(crate) fn sibling(case: &Case<'_>) -> Url {
    let base = first_segment(&case.ask.url).map(|segment| format!("/{segment}")).unwrap_or_default();
    at(case, &format!("{base}/{}", unlikely(case, "")))
}

/// A path that nobody serves, below a first segment that nobody has.
pub(crate) fn elsewhere(case: &Case<'_>) -> Url {
    let word = unlikely(case, "");
    at(case, &format!("/{word}/{word}"))
}

/// The ask's URL with another path and no query.
pub(crate) fn at(case: &Case<'_>, path: &str) -> Url {
    let mut url = case.ask.url.clone();
    url.set_query(None);
    url.set_path(path);
    url
}

/// The ask's URL with one more query parameter, which no cache has seen, for the page's own origin.
pub(crate) fn past_caches(case: &Case<'_>) -> Url {
    past_caches_as(case, case.ask.origin.as_str())
}

/// The same for another sender, or for one without an origin: none gets the answer that was made for another.
pub(crate) fn past_caches_as(case: &Case<'_>, sender: &str) -> Url {
    let mut url = case.ask.url.clone();
    url.query_pairs_mut().append_pair("whycors", &unlikely(case, sender));
    url
}

/// The same read past the caches: the ask's path and origin, with a query that the page did not have, and an answer that is nobody's
/// copy.
pub(crate) fn past_cache<'a>(case: &Case<'a>) -> Option<Nearby<'a>> {
    with_other_query(case).find(|near| cache_sign(near.response).is_none())
}

/// What shows that a query which nobody asked before was answered with a copy all the same.
pub(crate) fn copied(case: &Case<'_>) -> Option<String> {
    with_other_query(case).find_map(|near| cache_sign(near.response))
}

fn with_other_query<'a>(case: &Case<'a>) -> impl Iterator<Item = Nearby<'a>> {
    let ask = case.ask;
    nearby(case).filter(move |near| {
        let ours = near.probe.request.header("origin") == Some(ask.origin.as_str());
        near.reads() && near.url.path() == ask.url.path() && near.url.query() != ask.url.query() && ours
    })
}

/// A word that no path has and no cache has seen: another one for each run and sender, the same when the run is replayed. FNV-1a.
fn unlikely(case: &Case<'_>, sender: &str) -> String {
    let run = case.evidence.started_at.as_deref().unwrap_or(case.ask.url.as_str());
    let text = [case.ask.origin.as_str(), sender, run].concat();
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("whycors-{hash:08x}")
}
