//! The preflight passes, the answer proper has no permission.

use super::after_preflight;
use super::fault::{Fault, Kind, ask_from_own_server};
use crate::cause::answer::Answer;
use crate::cause::lists::{Missing, Reading};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The request was sent and answered, but the answer has no Access-Control-Allow-Origin, so the page may not read it. A preflight
    /// that passed before does not help: both answers need the header.
    /// # Why the browser hides it
    /// The page learns nothing of the answer. A POST or PUT may well have done its work.
    /// # How to tell
    /// The answer to OPTIONS has the headers (or none was needed), the answer to the request has none: CORS is configured for OPTIONS
    /// only (a gateway's mock, an `if` block in nginx), or not at all.
    /// # Fix
    /// Send Access-Control-Allow-Origin on the answer to the request itself, on errors too.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSMissingAllowOrigin>
    "actual-response-missing-cors": "the answer to the request itself has no Access-Control-Allow-Origin", Cause, General, Server,
    blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::NoOrigin).filter(|fault| !fault.preflight && fault.response.status < 400)?;
    let method = case.ask.sent_method();
    let done = if matches!(method.as_str(), "GET" | "HEAD") {
        ""
    } else {
        " The server has done what it was asked; only the answer is kept from the page."
    };
    let reading = around(case, &fault);
    let listed = reading.as_ref().filter(|reading| reading.is_settled() && reading.missing() == Some(Missing::Origin));
    let finding = fault
        .finding(
            case,
            "Access-Control-Allow-Origin",
            format!(
                "{} answer to {method} itself (status {}) has no Access-Control-Allow-Origin, so the page may not read it.{done}{}",
                after_preflight(case),
                fault.response.status,
                listed.map(Reading::says).unwrap_or_default()
            ),
        )
        .confidence(Confidence::Likely)
        .fix(on_the_answer(case, &fault, &method, listed.is_some()));
    let finding = match (listed, &reading) {
        (Some(listed), _) => listed.settle(case, finding),
        (None, Some(open)) => open.ask(case, finding),
        (None, None) => finding,
    };
    Some(ask_from_own_server(case).into_iter().fold(finding, Finding::fix))
}

/// The preflights around a request that needed none: a server's own list refuses both alike, and a preflight passes every cache by.
fn around<'a>(case: &Case<'a>, fault: &Fault<'a>) -> Option<Reading<'a>> {
    let layer = case.answerer_of(fault.probe).layer;
    let own = case.preflight().is_none() && matches!(layer, Layer::Server | Layer::Nginx | Layer::Envoy);
    Some(Reading::of(case, Answer::of(case).filter(|_| own)?))
}

fn on_the_answer(case: &Case<'_>, fault: &Fault<'_>, method: &str, listed: bool) -> Fix {
    let origin = fault.advised(case);
    let layer = case.answerer_of(fault.probe).layer;
    let detail = match layer {
        Layer::ApigwRestIntegration => {
            "With a proxy integration the function itself has to send it: what Enable CORS sets up is the answer to OPTIONS alone."
        }
        Layer::Nginx => "An if block shares no add_header with its surroundings, and a block with an add_header of its own inherits none.",
        _ => "What answers OPTIONS and what answers the request are often two: both have to send it.",
    };
    if listed {
        return fault.fix(case, "allow-origin", format!("add {origin} to the origins that the server lists"), "The comparison is exact.");
    }
    let title = format!("send Access-Control-Allow-Origin: {origin} on the answer to {method} too");
    fault.fix(case, "allow-origin-on-the-answer", title, detail)
}
