//! `apigw-authorizer-on-options`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// An authorizer of API Gateway stands in front of OPTIONS and refused the preflight. A preflight carries no token, whatever
    /// the page sends with the request itself.
    /// # Why the browser hides it
    /// The 401 or 403 has no Access-Control header; even with one, a preflight must be answered with 200 to 299.
    /// # How to tell
    /// REST API: `x-amzn-errortype: UnauthorizedException`, or `AccessDeniedException` with `Message` "User is not authorized to
    /// access this resource". HTTP API: `{"message":"Unauthorized"}` or `www-authenticate: Bearer` beside `apigw-requestid`.
    /// A backend's own 401 carries `x-amzn-remapped-www-authenticate` or other words instead.
    /// # Fix
    /// No authorizer on OPTIONS. SAM puts the default authorizer there unless `AddDefaultAuthorizerToCorsPreflight` is false; on an HTTP
    /// API an ANY or `$default` route with an authorizer catches OPTIONS: configure CORS, or add `OPTIONS /{proxy+}` without.
    /// # Sources
    /// API Gateway guide, "Enabling CORS" and "CORS for HTTP APIs" (documented); aws/serverless-application-model#717, #2136;
    /// anomalyco/sst#5493 (reported).
    "apigw-authorizer-on-options": "an authorizer of API Gateway refuses the preflight, which never carries a token", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    let http = fault::is_http_api(case, &answer);
    let refused = match fault {
        Fault::Unauthorized | Fault::AuthorizerDenied | Fault::AuthorizerBroken => true,
        Fault::Forbidden => http,
        _ => false,
    };
    if !refused || !answer.preflight || answer.response.header("x-amzn-remapped-www-authenticate").is_some() {
        return None;
    }
    let what = match fault {
        Fault::AuthorizerBroken => "The authorizer itself failed",
        Fault::AuthorizerDenied | Fault::Forbidden => "A Lambda authorizer said no",
        _ => "The authorizer found no valid token",
    };
    let text = format!(
        "{what}, because it also stands in front of OPTIONS {}: a browser never sends a token with a preflight.",
        case.ask.url.path()
    );
    let fix = if http { apigw::open_http_options(&grant(case)) } else { apigw::open_options(&grant(case)) };
    let mut finding = answer.finding(case, &text).confidence(Confidence::Likely).fix(fix);
    if http {
        finding = finding
            .rule_out("apigw-forbidden-waf", "HTTP APIs have no web ACL")
            .rule_out("apigw-resource-policy-denied", "HTTP APIs have no resource policy")
            .rule_out("apigw-api-key-required", "HTTP APIs have no API keys");
    }
    Some(finding)
}
