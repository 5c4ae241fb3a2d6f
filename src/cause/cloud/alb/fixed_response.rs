//! `alb-fixed-response`.

use super::{answer, is_own_page, target_answers};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// A listener rule with a fixed response answered, usually the default rule, because no rule covers this host and path.
    /// # Why the browser hides it
    /// The text is the load balancer's and has no CORS headers.
    /// # How to tell
    /// `server: awselb/2.0` with a text that is none of the load balancer's own pages, or its 404 page.
    /// # Fix
    /// A rule for this host and path that forwards to the target group; or the right host name.
    /// # Sources
    /// Elastic Load Balancing guide, "Listener rules, fixed-response actions" (documented); a captured "Unknown Host" (reported).
    "alb-fixed-response": "the load balancer answers with a fixed response", Cause, Specific, Alb
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = answer(case).filter(|a| !a.response.is_redirect() && !matches!(a.status(), 401 | 561))?;
    let own = is_own_page(&answer) && answer.status() != 404;
    if own || (!answer.preflight && target_answers(case)) {
        return None;
    }
    let (host, path) = (case.ask.url.host_str().unwrap_or_default(), case.ask.url.path());
    let text = format!(
        "The text is no page of the load balancer's own: a rule with a fixed response made it, usually the default rule, since none covers {host}{path}."
    );
    let fix = Fix::new(
        "add-listener-rule",
        format!("forward {host}{path} to its target group"),
        "Console: EC2, Load balancers, Listeners, the listener's rules: host header and path patterns, in order of priority.",
    )
    .snippet("shell", "AWS CLI", "aws elbv2 describe-rules --listener-arn LISTENER");
    Some(
        answer
            .finding(case, &text)
            .confidence(Confidence::Likely)
            .or_else("alb-waf-blocked", "a web ACL with a custom response may say anything; its sampled requests tell")
            .fix(fix),
    )
}
