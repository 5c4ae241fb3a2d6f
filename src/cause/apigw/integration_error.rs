//! `apigw-integration-error`.

use super::fault::{self, Fault};
use super::options_mock_broken::is_mock;
use crate::cause::answer::{Answer, grant};
use crate::cause::beside_get::{Told, fails_too, told_by};
use crate::cause::places::{self, Nearby};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// What stands behind API Gateway failed: the function crashed or timed out, its answer has not the shape that a proxy
    /// integration needs, the gateway may not call it, or there is no capacity.
    /// # Why the browser hides it
    /// The 5xx is made by the gateway (or by a function that died before it set headers), so it has no Access-Control header.
    /// # How to tell
    /// 500: no permission to invoke the function, a broken mapping or authorizer. 502: a malformed proxy answer or a crash. 503:
    /// concurrency exhausted or a VPC link down. 504: `Endpoint request timed out`, 29 seconds by default.
    /// # Fix
    /// The function's log and the API's execution log name the fault. Gateway responses `DEFAULT_4XX` and `DEFAULT_5XX` with an
    /// Access-Control-Allow-Origin let the page see the status next time.
    /// # Sources
    /// API Gateway guide, "Gateway response types"; "Troubleshooting issues with HTTP API Lambda integrations" (documented).
    /// The codes of crashes and timeouts: public captures (reported).
    "apigw-integration-error": "what stands behind API Gateway failed", Cause, Specific, ApigwRestIntegration
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let layer = case.answerer_of(answer.probe).layer;
    let own = layer == Layer::ApigwRestIntegration && answer.status() >= 500;
    match fault::of_probe(case, answer.probe) {
        Some(fault @ (Fault::Integration | Fault::UnsupportedMedia)) if is_mock(case, &answer, fault) => return None,
        Some(Fault::Integration) => {}
        _ if own => {}
        _ => return None,
    }
    let get = places::read_here(case).filter(|_| answer.preflight);
    let told = get.as_ref().map(|get| told_by(case, get));
    let seen = get.as_ref().map(|get| beside(case, get)).unwrap_or_default();
    let text = format!("{}{}{seen}", reading(answer.status(), layer), way(&answer, layer));
    let settled = matches!(told, Some(Told::Down | Told::OptionsAlone));
    let confidence = if settled { Confidence::Confirmed } else { Confidence::Likely };
    let finding = answer.finding(case, &text).confidence(confidence).fix(look(case, layer));
    let finding = permission(case, &answer, layer).into_iter().fold(finding, Finding::fix);
    Some(match get {
        Some(get) => finding.cite(get.probe, format!("GET: status {}", get.response.status)),
        None if answer.preflight => finding.want(places::plain_get(case)),
        None => finding,
    })
}

/// How a preflight came to the integration at all.
fn way(answer: &Answer<'_>, layer: Layer) -> &'static str {
    match layer {
        _ if !answer.preflight => "",
        Layer::ApigwHttp => {
            " The API has no CORS configuration of its own, so OPTIONS goes to the integration, by $default or a route for ANY."
        }
        _ => " OPTIONS goes to the integration here, by an ANY method or {proxy+}.",
    }
}

fn beside(case: &Case<'_>, get: &Nearby<'_>) -> String {
    let status = get.response.status;
    match told_by(case, get) {
        Told::Down => format!(" GET on the same path fails as well ({status}): it is down for everybody."),
        Told::FailsWithoutBody => fails_too(case, get),
        Told::OptionsAlone => format!(" GET on the same path is answered with {status}: the function has no branch for OPTIONS."),
    }
}

/// What lets the page by once the error is gone, or lets it see the error.
fn permission(case: &Case<'_>, answer: &Answer<'_>, layer: Layer) -> Option<Fix> {
    match layer {
        _ if !answer.preflight && !answer.bare() => None,
        Layer::ApigwHttp => Some(apigw::http_cors(&grant(case))),
        _ if answer.preflight => Some(apigw::options_method(&grant(case))),
        _ => Some(apigw::gateway_responses(&grant(case))),
    }
}

fn reading(status: u16, layer: Layer) -> &'static str {
    match status {
        _ if layer == Layer::ApigwRestIntegration => "The function or backend itself answered so, and set no CORS headers on its error.",
        500 => "The gateway may not invoke the function, a mapping is broken, or the backend's address is wrong.",
        502 => {
            "The function crashed, or its answer is not what a proxy integration needs: an object with statusCode, headers and a body that is a string."
        }
        503 => "There is no capacity (the account's or the function's concurrency is used up), or the VPC link is down.",
        504 if layer == Layer::ApigwHttp => "The integration timed out: nothing came within the limit, 30 seconds at most.",
        504 => "The integration timed out: nothing came within the limit, 29 seconds unless it was raised.",
        _ => "The gateway got no usable answer from what stands behind it.",
    }
}

fn look(case: &Case<'_>, layer: Layer) -> Fix {
    let log = if layer == Layer::ApigwHttp { "access log ($context.integrationErrorMessage)" } else { "execution log" };
    let detail = format!(
        "The function's log shows the crash or the slow call; the stage's {log} shows what the gateway made of it. A 500 with an empty \
         function log means that the gateway lacks the permission lambda:InvokeFunction."
    );
    Fix::new("fix-integration", "mend what stands behind the API", detail).snippet(
        "shell",
        "AWS CLI",
        grant(case).fill(
            "aws logs tail /aws/lambda/FUNCTION --since 10m\naws lambda get-policy --function-name FUNCTION    # does apigateway.amazonaws.com have lambda:InvokeFunction?",
        ),
    )
}
