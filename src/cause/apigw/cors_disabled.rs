//! `apigw-cors-disabled`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, places};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// An HTTP API answered OPTIONS with 404: CORS is not configured on it and no route matches OPTIONS. With CORS configured it
    /// answers every preflight by itself, whatever routes there are.
    /// # Why the browser hides it
    /// 404 is outside 200 to 299, so the preflight fails before any header is looked at.
    /// # How to tell
    /// `{"message":"Not Found"}` beside `apigw-requestid`. An unknown stage says the same; a request that is answered otherwise on
    /// the same path shows that stage and route exist.
    /// # Fix
    /// Configure CORS on the API (no OPTIONS route is needed), or correct the stage in the path.
    /// # Sources
    /// API Gateway guide, "Configure CORS for HTTP APIs" and "Create routes" (documented); a live preflight of 2026 (reported).
    "apigw-cors-disabled": "the HTTP API has no CORS configuration, so nothing answers OPTIONS", Cause, Specific, ApigwHttp, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::NotFound || !answer.preflight || nothing_there(case).is_some() {
        return None;
    }
    let get = places::read_here(case);
    let same = get.as_ref().is_some_and(|get| fault::of_probe(case, get.probe) == Some(Fault::NotFound));
    let (confidence, seen) = match &get {
        Some(get) if !same => (
            Confidence::Confirmed,
            format!(" GET on the same path is answered with {}, so stage and route are there.", get.response.status),
        ),
        Some(_) => (
            Confidence::Possible,
            " GET on the same path is not found either: the stage at the beginning of the path may be wrong as well.".to_owned(),
        ),
        None => (Confidence::Likely, String::new()),
    };
    let text = format!("An HTTP API answers preflights by itself once CORS is configured. It did not, and no route matches OPTIONS.{seen}");
    let mut finding = answer.finding(case, &text).confidence(confidence).fix(apigw::http_cors(&grant(case))).want(places::plain_get(case));
    if confidence != Confidence::Confirmed {
        finding = finding.or_else(
            "apigw-stage-missing",
            "an unknown stage gives the same answer; a request that is answered otherwise on this path would exclude it",
        );
    }
    Some(match get {
        Some(get) => finding.cite(get.probe, format!("GET: status {}", get.response.status)),
        None => finding,
    })
}

/// The follow-up with the page's own method that was not found either: then the stage or the route is what is missing.
pub(super) fn nothing_there<'a>(case: &Case<'a>) -> Option<places::Nearby<'a>> {
    let own = |near: &places::Nearby<'_>| near.same_path(case) && near.probe.request.method == case.ask.sent_method();
    places::nearby(case).find(|near| own(near) && fault::of_probe(case, near.probe) == Some(Fault::NotFound))
}
