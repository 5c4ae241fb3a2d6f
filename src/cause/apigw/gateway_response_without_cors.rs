//! `apigw-gateway-response-without-cors`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// API Gateway refused the request itself (a missing or expired token, an authorizer's Deny, a body that does not validate),
    /// before anything behind it ran. CORS works; the answer that says what is wrong just carries no CORS headers.
    /// # Why the browser hides it
    /// The function sets Access-Control-Allow-Origin, and the function was not asked. The preflight passed, so only the
    /// actual answer is hidden.
    /// # How to tell
    /// `x-amzn-errortype` beside `x-amz-apigw-id` on the actual answer: `UnauthorizedException` is an authorizer without a valid token,
    /// `AccessDeniedException` its Deny, `BadRequestException` the validator, `ExpiredTokenException` a signature's token.
    /// # Fix
    /// First what the status says (a fresh token, the missing field). Then Access-Control-Allow-Origin on the gateway responses
    /// `DEFAULT_4XX` and `DEFAULT_5XX`, so that the page can read such answers.
    /// # Sources
    /// API Gateway guide, "Gateway response types" and "Enabling CORS for a REST API resource" (documented).
    "apigw-gateway-response-without-cors": "API Gateway refused the request itself, in an answer without CORS headers", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if answer.preflight || answer.readable || !answer.bare() || !answer.refused() {
        return None;
    }
    let http = fault::is_http_api(case, &answer);
    let (why, first) = read(fault)?;
    let headers = if http {
        "CORS configured on the HTTP API would put the header on this answer too."
    } else {
        "The headers that your function sets are not there, since the function was not asked."
    };
    let fix = if http { apigw::http_cors(&grant(case)) } else { apigw::gateway_responses(&grant(case)) };
    Some(answer.finding(case, &format!("{why} {headers}")).confidence(Confidence::Likely).fix(first).fix(fix))
}

/// What the gateway refused, and what comes before any header.
fn read(fault: Fault) -> Option<(&'static str, Fix)> {
    let (why, kind, title, detail) = match fault {
        Fault::Unauthorized => (
            "An authorizer found no valid token: it is missing, expired, or not in the header that the authorizer reads.",
            "refresh-token",
            "send a valid token",
            "Look at its expiry, issuer and audience, and at the header that the authorizer names as its token source.",
        ),
        Fault::AuthorizerDenied => (
            "A Lambda authorizer looked at the request and said no.",
            "check-authorizer",
            "see why the authorizer denies this caller",
            "Its log shows the policy that it returned. A policy that is cached for a token has to name every path: Resource with a *.",
        ),
        Fault::AuthorizerBroken => (
            "The authorizer itself failed.",
            "check-authorizer",
            "mend the authorizer",
            "Its log shows the crash or a policy that cannot be read. An empty log means that the gateway may not invoke it.",
        ),
        Fault::Invalid => (
            "The request did not pass the validator: a parameter or a field of the body is missing or malformed.",
            "fix-request",
            "send what the validator asks for",
            "The model of the method, and the parameters that its method request marks as required.",
        ),
        Fault::Other => (
            "The gateway refused it before anything behind it ran.",
            "mend-the-error",
            "mend what the status says first",
            "The stage's access log has the reason as $context.error.message.",
        ),
        _ => return None,
    };
    Some((why, Fix::new(kind, title, detail)))
}
