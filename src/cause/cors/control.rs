//! The few control probes on a request that is allowed: an origin that nobody can know, a path that nobody serves.
//!
//! They cost time, so each is asked for only where something can come of it.

use crate::cause::Case;
use crate::cause::places::{past_caches_as, sibling};
use crate::evidence::{Purpose, Response, Step};
use crate::verdict::Outcome;
use crate::web::{Origin, list};

/// An origin that no server can have on a list. <https://www.rfc-editor.org/rfc/rfc6761#section-6.4>.
pub(super) const CONTROL_ORIGIN: &str = "https://whycors-control.invalid";

/// The control probes that say something of this case, whoever made them.
pub(super) fn steps(case: &Case<'_>) -> Vec<Step> {
    preflight(case).into_iter().chain(read(case)).collect()
}

/// The probes that are worth their time on a request that passes: one from the control origin where the answer trusts its origin
/// with credentials or hides that it depends on it, one without Origin where a cache may keep the answer.
pub(super) fn due(case: &Case<'_>) -> Vec<Step> {
    let answers = || case.browser_probes().filter_map(|probe| probe.response.as_ref());
    let hides_its_origin = case.actual().and_then(|probe| probe.response.as_ref()).is_some_and(|r| !says_no_store(r) && !varies(r));
    let from_stranger = match (read(case), preflight(case)) {
        (Some(read), _) if hides_its_origin => Some(read),
        (read, preflight) if answers().any(trusts) => preflight.or(read),
        _ => None,
    };
    from_stranger.into_iter().chain(plain(case)).chain(random_path(case)).collect()
}

/// Whether the answer goes to an origin with its credentials.
pub(super) fn trusts(response: &Response) -> bool {
    response.combined("access-control-allow-credentials").is_some_and(|value| value.trim() == "true")
}

/// Whether the answer says that it depends on Origin.
pub(super) fn varies(response: &Response) -> bool {
    response.combined("vary").is_some_and(|value| list::items(&value).any(|item| item == "*" || item.eq_ignore_ascii_case("origin")))
}

/// The same preflight from the control origin, when the preflight named this origin.
pub(super) fn preflight(case: &Case<'_>) -> Option<Step> {
    let response = case.preflight()?.response.as_ref().filter(|_| case.allowed() && case.verdict.preflight == Outcome::Passed)?;
    names_origin(case, response).then(|| case.preflight_step(Purpose::Control, |ask| ask.origin = control()))
}

/// The same GET from the control origin, past any cache, when the answer named this origin.
pub(super) fn read(case: &Case<'_>) -> Option<Step> {
    let reads = case.allowed() && case.ask.sent_method() == "GET" && case.target.presigned.is_none();
    let response = case.actual()?.response.as_ref().filter(|_| reads)?;
    names_origin(case, response).then(|| {
        case.get_step(Purpose::Control, |ask| {
            ask.url = past_caches_as(case, CONTROL_ORIGIN);
            ask.origin = control();
        })
    })
}

/// The same GET without Origin, as an `<img>` or a crawler asks, past any cache.
pub(super) fn plain(case: &Case<'_>) -> Option<Step> {
    let response = case.actual()?.response.as_ref()?;
    let cacheable = response.is_ok() && !says_no_store(response) && case.target.presigned.is_none();
    (case.allowed() && cacheable && case.ask.sent_method() == "GET").then(|| {
        let mut step = case.get_step(Purpose::CacheBust, |ask| ask.url = past_caches_as(case, ""));
        step.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("origin"));
        step
    })
}

/// Whether no cache may keep the answer.
pub(super) fn says_no_store(response: &Response) -> bool {
    response.combined("cache-control").is_some_and(|value| list::items(&value).any(|item| item.eq_ignore_ascii_case("no-store")))
}

/// The same preflight at a path that nobody serves, when nothing is known of the route itself.
pub(super) fn random_path(case: &Case<'_>) -> Option<Step> {
    let route_is_seen = case.verdict.actual == Outcome::Passed && case.allowed();
    let by_bucket = matches!(case.target.kind.as_str(), "s3" | "r2" | "gcs" | "azure-blob" | "s3-compatible");
    (case.verdict.preflight == Outcome::Passed && !route_is_seen && !by_bucket)
        .then(|| case.preflight_step(Purpose::RandomPath, |ask| ask.url = sibling(case)))
}

fn control() -> Origin {
    Origin::parse(CONTROL_ORIGIN).unwrap_or_else(|_| Origin::null())
}

/// Whether the answer allows this origin by name.
fn names_origin(case: &Case<'_>, response: &Response) -> bool {
    !case.ask.origin.is_null()
        && response.combined("access-control-allow-origin").is_some_and(|value| value.trim() == case.ask.origin.as_str())
}
