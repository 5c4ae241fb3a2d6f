//! `apim-cors-no-match`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// Azure API Management has a `cors` policy that does not list this origin and ends the request with an empty 200, or no policy and no
    /// operation for OPTIONS, which gives 404 `Resource not found`.
    /// # Why the browser hides it
    /// The answer has no Access-Control-Allow-Origin.
    /// # How to tell
    /// A host below `azure-api.net`, an empty 200; or `{ "statusCode": 404, "message": "Resource not found" }` to OPTIONS.
    /// # Fix
    /// A `cors` policy in the inbound section that lists the origin, exactly as the browser sends it.
    /// # Sources
    /// Azure API Management, "CORS policy" (documented); MicrosoftDocs/azure-docs#55313, Azure/api-management-developer-portal#1304 (reported).
    "apim-cors-no-match": "Azure API Management has no cors policy for this origin", Cause, Specific, AzureApim, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    if case.answerer_of(answer.probe).layer != Layer::AzureApim || answer.readable || !answer.bare() {
        return None;
    }
    let empty = answer.response.is_ok() && answer.response.body.trim().is_empty();
    let unknown = answer.preflight && answer.status() == 404 && answer.response.body.contains("Resource not found");
    if !empty && !unknown {
        return None;
    }
    let text = if empty {
        format!("An empty success without CORS headers is what its cors policy gives an origin that it does not list: {}.", case.ask.origin)
    } else {
        "No operation answers OPTIONS here, and no cors policy answers for it.".to_owned()
    };
    let fix = Fix::new(
        "add-cors-policy",
        "list the origin in the cors policy",
        "Portal: API Management, the API, All operations, Inbound processing, cors.",
    )
    .snippet("xml", "policy", policy(case));
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}

fn policy(case: &Case<'_>) -> String {
    let (credentials, method, origin) = (case.ask.with_credentials(), case.ask.sent_method(), &case.ask.origin);
    format!(
        "<inbound>\n  <cors allow-credentials=\"{credentials}\">\n    <allowed-origins><origin>{origin}</origin></allowed-origins>\n    <allowed-methods><method>{method}</method></allowed-methods>\n    <allowed-headers><header>*</header></allowed-headers>\n  </cors>\n  <base />\n</inbound>"
    )
}
