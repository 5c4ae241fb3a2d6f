//! `alb-auth-on-options`.

use super::answer;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The listener rule has an authenticate action (OIDC or Cognito). The preflight carries no session cookie, so the load balancer
    /// sends it to the identity provider.
    /// # Why the browser hides it
    /// A redirected preflight is refused; so is a 401.
    /// # How to tell
    /// `server: awselb/2.0` with 302 to the provider's authorize endpoint and the cookie `AWSALBAuthNonce`; 401 where unauthenticated
    /// requests are denied; 561 where the provider answered an error.
    /// # Fix
    /// A rule with a higher priority for the method OPTIONS that forwards without authentication.
    /// # Sources
    /// Elastic Load Balancing guide, "Authenticate users" (documented); the form of the answer to a preflight (inferred).
    "alb-auth-on-options": "the load balancer asks the preflight to log in", Cause, Exact, Alb, supersedes: ["login-redirect", "preflight-redirect"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = answer(case).filter(|a| a.preflight)?;
    let nonce = answer.response.lines("set-cookie").any(|c| c.starts_with("AWSALBAuthNonce"));
    let location = answer.response.header("location").unwrap_or_default();
    let asks =
        nonce || location.contains("oauth2%2Fidpresponse") || location.contains("oauth2/idpresponse") || location.contains("/authorize");
    let shown = match answer.status() {
        302 | 303 | 307 if asks => format!("location: {}", crate::cause::quote(location, 120)),
        401 => "401 without asking anything behind it".to_owned(),
        561 => "561: the identity provider answered an error".to_owned(),
        _ => return None,
    };
    let text = "An authenticate action of the listener rule stands in front of OPTIONS; a preflight carries no session cookie, so it can never pass there.";
    let fix = Fix::new("no-auth-on-options", "forward OPTIONS before the authenticate rule", "Console: EC2, Load balancers, Listeners, the listener's rules: a rule with a smaller number, condition HTTP request method OPTIONS, action forward.")
        .snippet("shell", "AWS CLI", "aws elbv2 create-rule --listener-arn LISTENER --priority 1 --conditions 'Field=http-request-method,HttpRequestMethodConfig={Values=[OPTIONS]}' --actions Type=forward,TargetGroupArn=GROUP");
    Some(answer.finding(case, text).cite(answer.probe, shown).confidence(Confidence::Likely).fix(fix))
}
