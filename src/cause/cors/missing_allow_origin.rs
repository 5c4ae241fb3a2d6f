//! The preflight is answered well, without permission.

use super::fault::{Fault, Kind, ask_from_own_server};
use super::words;
use crate::cause::answer::Answer;
use crate::cause::lists::{Missing, Reading};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::Purpose;
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The preflight was answered with a good status, but without Access-Control-Allow-Origin. To a browser that is a no.
    /// # Why the browser hides it
    /// It does not hide this one: "No 'Access-Control-Allow-Origin' header is present". It hides why: the server may not know CORS at
    /// all, may leave the header out for origins that it does not list, or something else answered in its place.
    /// # How to tell
    /// No Access-Control header at all: nobody handles CORS for OPTIONS (or the answer is a page of another service). The header comes
    /// back with another origin or fewer request headers: a list does not fit.
    /// # Fix
    /// Answer OPTIONS with the CORS headers for this origin.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSMissingAllowOrigin>
    "missing-allow-origin": "the answer to the preflight has no Access-Control-Allow-Origin", Cause, General, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::NoOrigin).filter(|fault| fault.preflight)?;
    let page = words::is_page(fault.response);
    let reading = Answer::of(case).filter(|_| !page).map(|answer| Reading::of(case, answer));
    let listed = reading.as_ref().filter(|reading| reading.shows_a_list());
    let what = match words::title(&fault.response.body).filter(|_| page) {
        Some(title) => format!("The answer is a web page, \"{title}\": what answers there is not the API."),
        None if page => "The answer is a web page: what answers there is not the API.".into(),
        None if listed.is_some() => "The server knows CORS, and its lists do not cover this request.".into(),
        None if fault.response.has_cors_headers() => "It has other CORS headers, so the origin may not be on a list.".into(),
        None => "It has no CORS header at all: nobody handles CORS for OPTIONS there, or a list leaves this origin out in silence.".into(),
    };
    let step = case.get_step(Purpose::FollowUp, |_| {});
    let reads = case.ask.sent_method() == "GET" && !page;
    let read = case.answer(&step).filter(|probe| reads && case.passes(probe) == Some(true));
    let known = if read.is_some() {
        " GET itself does get the headers, so the server knows CORS and this origin; only OPTIONS is left out."
    } else {
        ""
    };
    let finding = fault
        .finding(
            case,
            "Access-Control-Allow-Origin",
            format!(
                "OPTIONS is answered {} without Access-Control-Allow-Origin, so a browser does not send the request. {what}{}{known}",
                fault.response.status,
                listed.map(Reading::says).unwrap_or_default()
            ),
        )
        .confidence(if read.is_some() { Confidence::Confirmed } else { Confidence::Likely });
    let layer = case.answerer_of(fault.probe).layer;
    let detail = if layer == Layer::ApigwRestIntegration {
        "What answered is behind the gateway: a function or server that has no branch for OPTIONS. Give it one, or let OPTIONS be a MOCK \
         of the gateway's own (Enable CORS)."
    } else if layer == Layer::Nginx {
        "A block with an add_header of its own inherits none from outside."
    } else {
        "Before the routes and before authentication."
    };
    let (kind, title) = change(case, &fault, listed.and_then(Reading::missing));
    let allow = fault.fix(case, kind, title, detail);
    let finding = match read {
        Some(probe) => finding.cite(probe, "GET has Access-Control-Allow-Origin"),
        None if reads => finding.want(step),
        None => finding,
    };
    let finding = match &reading {
        Some(reading) => reading.settle(case, finding),
        None => finding,
    };
    if page {
        return Some(finding.fix(ask_the_api(case, &fault)).fix(allow));
    }
    Some(ask_from_own_server(case).into_iter().fold(finding.fix(allow), Finding::fix))
}

/// What to add: the whole answer, or the one entry that is known to be missing.
fn change(case: &Case<'_>, fault: &Fault<'_>, missing: Option<Missing>) -> (&'static str, String) {
    match missing {
        None => ("allow-origin", format!("answer OPTIONS with Access-Control-Allow-Origin: {}", fault.advised(case))),
        Some(Missing::Origin) => ("allow-origin", format!("add {} to the origins that the server lists", fault.advised(case))),
        Some(Missing::Method) => ("allow-methods", format!("add {} to the methods that the server lists", case.ask.sent_method())),
        Some(Missing::Headers(names)) => ("allow-headers", format!("add {} to the headers that the server lists", names.join(", "))),
    }
}

/// What answers is a page for people: the API is elsewhere.
fn ask_the_api(case: &Case<'_>, fault: &Fault<'_>) -> Fix {
    let detail = if case.answerer_of(fault.probe).involves(Layer::Cloudfront) {
        "A single-page application answers every path alike. Where this distribution is to serve the API too, it needs a behaviour for \
         the API's paths (such as /api/*) with the API as its origin."
    } else {
        "A console, a login page or a single-page application answers every path alike."
    };
    Fix::new("use-api-port", "check host, port and path: this is a page for people", detail)
}
