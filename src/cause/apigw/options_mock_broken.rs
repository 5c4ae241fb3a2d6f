//! `apigw-options-mock-broken`.

use super::fault::{self, Fault};
use crate::cause::answer::{Answer, grant};
use crate::cause::places::{self, Nearby, nearby};
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::Purpose;
use crate::layer::Layer;
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// OPTIONS exists and is answered by API Gateway itself (a MOCK integration), but the mock fails: its request template gives
    /// no status, or the template is never applied because `binaryMediaTypes` holds `*/*` and the empty preflight counts as binary.
    /// # Why the browser hides it
    /// The answer is a 500 (or 415) without Access-Control headers: the header mapping comes after the step that failed.
    /// # How to tell
    /// 500 with `x-amzn-errortype: InternalServerErrorException` and no `x-amzn-trace-id`, while GET on the same path works. A
    /// preflight with `Accept: application/json` that passes points to binary types, one with `Content-Type: application/json` to
    /// the choice of the template, neither to a template without status.
    /// # Fix
    /// A template `{"statusCode": 200}` for application/json, `contentHandling` `CONVERT_TO_TEXT`, and a deployment.
    /// # Sources
    /// aws-amplify/amplify-js#3007; aws/chalice#1310; squidfunk/terraform-aws-api-gateway-enable-cors#10; clebert/aws-simple#167;
    /// smithy-lang/smithy#2289 (reported). What each cure points to is inferred.
    "apigw-options-mock-broken": "the OPTIONS method of API Gateway fails before it answers", Cause, Specific, ApigwRest, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if !is_mock(case, &answer, fault) {
        return None;
    }
    let get = places::read_here(case);
    let (accept, content_type) = (cured_by(case, "accept"), cured_by(case, "content-type"));
    let (reason, confidence) = match (&accept, &content_type) {
        (Some(_), _) => (
            "With Accept: application/json the same preflight passes: binaryMediaTypes holds */*, and the empty preflight is taken for binary.",
            Confidence::Confirmed,
        ),
        (None, Some(_)) => (
            "With Content-Type: application/json the same preflight passes: the request template is for that type only.",
            Confidence::Confirmed,
        ),
        (None, None) if fault == Fault::UnsupportedMedia => (
            "The preflight carries a Content-Type for which the mock has no template, and passing it through is forbidden; browsers send none, a proxy in between may.",
            Confidence::Likely,
        ),
        (None, None) if asked_with(case, "accept").is_some() => (
            "The mock has no template that says {\"statusCode\": 200}. With Accept: application/json it fails alike, so binaryMediaTypes is \
             not what is wrong.",
            Confidence::Likely,
        ),
        (None, None) => (
            "The mock has no template that says {\"statusCode\": 200}, or binaryMediaTypes holds */* and the template is never applied.",
            Confidence::Likely,
        ),
    };
    let works = get
        .as_ref()
        .map(|get| format!(" GET on the same path is answered with {}, so the API itself works.", get.response.status))
        .unwrap_or_default();
    let confidence = if get.is_some() { Confidence::Confirmed } else { confidence };
    let mut finding = answer
        .finding(case, &format!("OPTIONS {} is answered by the gateway itself, without calling anything (there is no x-amzn-trace-id), and fails. {reason}{works}", case.ask.url.path()))
        .confidence(confidence)
        .fix(apigw::mock_integration(&grant(case)))
        .want(places::plain_get(case))
        .want(places::preflight_with(case, Purpose::VaryClient, "accept", "application/json"))
        .want(places::preflight_with(case, Purpose::VaryClient, "content-type", "application/json"));
    finding = match &get {
        Some(get) => finding.rule_out("apigw-integration-error", format!("GET on the same path is answered {}", get.response.status)),
        None => {
            finding.or_else("apigw-integration-error", "if GET on the same path fails as well, the integration is broken and not the mock")
        }
    };
    for near in [get, accept, content_type].into_iter().flatten() {
        finding = finding.cite(near.probe, format!("{}: status {}", near.probe.request.method, near.response.status));
    }
    Some(finding)
}

/// Whether a failing OPTIONS is the gateway's own, and GET does not fail in the same way.
pub(super) fn is_mock(case: &Case<'_>, answer: &Answer<'_>, fault: Fault) -> bool {
    let own = matches!(case.answerer_of(answer.probe).layer, Layer::ApigwRest | Layer::Apigw | Layer::ApigwRestIntegration);
    let fails = fault == Fault::UnsupportedMedia || (fault == Fault::Integration && answer.status() == 500);
    let get_fails = places::read_here(case).is_some_and(|get| fault::of_probe(case, get.probe) == Some(Fault::Integration));
    answer.preflight && own && fails && !get_fails && answer.response.header("x-amzn-trace-id").is_none()
}

/// The follow-up that passed with this header set to JSON.
fn cured_by<'a>(case: &Case<'a>, name: &str) -> Option<Nearby<'a>> {
    asked_with(case, name).filter(|near| near.response.is_ok())
}

/// The follow-up with this header set to JSON.
fn asked_with<'a>(case: &Case<'a>, name: &str) -> Option<Nearby<'a>> {
    let json = |near: &Nearby<'_>| near.probe.request.header(name).is_some_and(|v| v == "application/json");
    nearby(case).find(|near| near.is_preflight() && near.same_path(case) && json(near) && !near.response.is_busy())
}
