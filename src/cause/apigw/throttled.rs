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
    );
    let http = fault::is_http_api(case, &answer);
    let (label, command) = if http { ("AWS CLI (HTTP API)", HTTP_CLI) } else { ("AWS CLI (REST API)", REST_CLI) };
    let raise = raise.snippet("shell", label, grant(case).fill(command));
    let finding = answer.finding(case, text).confidence(Confidence::Likely).fix(raise);
    Some(if http || !answer.bare() { finding } else { finding.fix(apigw::gateway_responses(&grant(case))) })
}

const REST_CLI: &str = "aws apigateway update-stage --rest-api-id <id> --region <region> --stage-name <stage> --patch-operations \\\n  \
    'op=replace,path=/*/*/throttling/rateLimit,value=1000' 'op=replace,path=/*/*/throttling/burstLimit,value=500'";

/// The first segment of the path is a stage only where that stage is not the default one.
const HTTP_CLI: &str = "aws apigatewayv2 get-stages --api-id <id> --region <region>\naws apigatewayv2 update-stage --api-id <id> --region \
    <region> --stage-name STAGE \\\n  --default-route-settings ThrottlingRateLimit=1000,ThrottlingBurstLimit=500";
