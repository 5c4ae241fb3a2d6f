//! `apigw-quota-exceeded`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The API key's usage plan allows so many calls a day, week or month, and they are used up.
    /// # Why the browser hides it
    /// The 429 is the gateway's own and has no CORS headers.
    /// # How to tell
    /// 429 with `x-amzn-errortype: LimitExceededException` and `Limit Exceeded`: a throttle says `TooManyRequestsException` and
    /// passes by itself, a quota does not. Nothing in the answer says when it begins anew.
    /// # Fix
    /// Raise the quota of the usage plan, or give this client another plan or key. CORS on the gateway responses shows the status.
    /// # Sources
    /// API Gateway guide, "Usage plans and API keys" (documented); public captures (reported).
    "apigw-quota-exceeded": "the usage plan's quota is used up", Cause, Exact, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::Quota {
        return None;
    }
    let raise = Fix::new(
        "raise-quota",
        "raise the quota of the usage plan",
        "Console: API Gateway, Usage plans, the plan, Quota. Trying again soon cannot help.",
    )
    .snippet("shell", "AWS CLI", "aws apigateway get-usage-plans\naws apigateway update-usage-plan --usage-plan-id PLAN --patch-operations op=replace,path=/quota/limit,value=100000");
    let text = "The quota of the API key's usage plan is used up for this day, week or month.";
    Some(answer.finding(case, text).confidence(Confidence::Likely).fix(raise).fix(apigw::gateway_responses(&grant(case))))
}
