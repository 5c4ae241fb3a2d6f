//! `alb-no-target`.

use super::{answer, is_own_page};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The load balancer's rule leads to a target group without a registered, healthy target.
    /// # Why the browser hides it
    /// The 503 page is the load balancer's own and has no CORS headers.
    /// # How to tell
    /// `server: awselb/2.0` and the 162-byte page "503 Service Temporarily Unavailable".
    /// # Fix
    /// Register targets, or mend their health check.
    /// # Sources
    /// Elastic Load Balancing guide, "HTTP 503" (documented); captured pages (reported).
    "alb-no-target": "the load balancer has no target for this request", Cause, Exact, Alb
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = answer(case).filter(|a| a.status() == 503 && is_own_page(a))?;
    let fix = Fix::new(
        "register-targets",
        "register healthy targets in the rule's target group",
        "Console: EC2, Target groups, the group, Targets: each shows why it is unhealthy.",
    )
    .snippet("shell", "AWS CLI", "aws elbv2 describe-target-health --target-group-arn ARN");
    let text = "The target group that the load balancer's rule selects has no registered or no healthy target.";
    Some(answer.finding(case, text).confidence(Confidence::Likely).fix(fix))
}
