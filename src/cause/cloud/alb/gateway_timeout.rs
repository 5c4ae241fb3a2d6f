//! `alb-gateway-timeout`.

use super::{answer, is_own_page};
use crate::cause::beside_get::beside_get;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The target did not accept a connection in time, or did not answer before the load balancer's idle timeout (60 seconds by default).
    /// # Why the browser hides it
    /// The 504 page is the load balancer's own and has no CORS headers.
    /// # How to tell
    /// `server: awselb/2.0` and the 132-byte page "504 Gateway Time-out".
    /// # Fix
    /// A faster answer, a longer idle timeout, or a security group that lets the load balancer reach the target.
    /// # Sources
    /// Elastic Load Balancing guide, "HTTP 504" (documented); the length is computed (inferred).
    "alb-gateway-timeout": "the load balancer's target did not answer in time", Cause, Exact, Alb
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = answer(case).filter(|a| a.status() == 504 && is_own_page(a))?;
    let text = "The target did not answer within the load balancer's idle timeout, or its security group drops the connection.";
    let fix = Fix::new(
        "raise-idle-timeout",
        "make the target answer sooner, or raise the idle timeout",
        "Console: EC2, Load balancers, Attributes, Connection idle timeout.",
    )
    .snippet(
        "shell",
        "AWS CLI",
        "aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=120",
    );
    let finding = answer.finding(case, text).confidence(Confidence::Likely);
    let finding = if answer.preflight { beside_get(case, finding) } else { finding };
    Some(finding.fix(fix))
}
