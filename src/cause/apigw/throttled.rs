//! `apigw-throttled`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// API Gateway throttled the call: the rate or burst of the account, the stage, the method or the API key is used up.
    /// # Why the browser hides it
    /// The 429 is the gateway's own and has no CORS headers; on a preflight no header could help.
    /// # How to tell
    /// 429 with `x-amzn-errortype: TooManyRequestsException`, or `{"message":"Too Many Requests"}` of an HTTP API. There is no
    /// `Retry-After`. The next call may pass.
    /// # Fix
    /// Raise the throttle, ask less often, let browsers keep the preflight (Access-Control-Max-Age); CORS on the gateway responses.
    /// # Sources
    /// API Gateway guide, "Throttle requests" (documented); public captures of the answer (reported).
    "apigw-throttled": "API Gateway throttled the call", Cause, Exact, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::Throttled {
        return None;
    }
    let text = "The rate or burst limit of the account, the stage, the method or the key was reached. It comes and goes: the same call may pass a second later.";
    let raise = Fix::new(
        "raise-throttle",
        "raise the limit, or send fewer calls",
        "Console: API Gateway, Stages, the stage, Default method throttling; Usage plans for keys. Access-Control-Max-Age spares a preflight before each call.",
    )
    .snippet("shell", "AWS CLI (REST API)", grant(case).fill("aws apigateway update-stage --rest-api-id <id> --stage-name <stage> --patch-operations \\\n  'op=replace,path=/*/*/throttling/rateLimit,value=1000' 'op=replace,path=/*/*/throttling/burstLimit,value=500'"));
    let finding = answer.finding(case, text).confidence(Confidence::Likely).fix(raise);
    Some(if fault::is_http_api(case, &answer) || !answer.bare() { finding } else { finding.fix(apigw::gateway_responses(&grant(case))) })
}
