//! `apigw-unsupported-media-type`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The method's integration has no mapping template for the request's Content-Type, and passing it through is forbidden
    /// (passthrough behaviour NEVER, or `WHEN_NO_TEMPLATES` with other templates there).
    /// # Why the browser hides it
    /// The 415 is the gateway's own and has no CORS headers.
    /// # How to tell
    /// 415 with `{"message":"Unsupported Media Type"}` on the actual request; on OPTIONS it is a broken mock instead.
    /// # Fix
    /// Send the type the template is for, add a template for this one, or use a proxy integration.
    /// # Sources
    /// API Gateway guide, "Integration passthrough behaviors" (documented); the error type: localstack's reading (inferred).
    "apigw-unsupported-media-type": "the API has no mapping for this Content-Type", Cause, Exact, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::UnsupportedMedia || answer.preflight {
        return None;
    }
    let kind = case.ask.header("content-type").map(|v| format!(" ({v})")).unwrap_or_default();
    let fix = Fix::new(
        "add-mapping-template",
        "add a template for this Content-Type, or send application/json",
        "Console: API Gateway, the method, Integration request, Mapping templates.",
    );
    let text = format!("The integration has no mapping template for the Content-Type of this request{kind}, and does not pass it through.");
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix).fix(apigw::gateway_responses(&grant(case))))
}
