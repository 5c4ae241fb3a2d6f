//! `alb-bad-gateway`.

use super::{answer, is_own_page};
use crate::cause::beside_get::beside_get;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The target closed the connection, answered something that is not HTTP, or a Lambda target failed.
    /// # Why the browser hides it
    /// The 502 page is the load balancer's own and has no CORS headers.
    /// # How to tell
    /// `server: awselb/2.0` and the 122-byte page "502 Bad Gateway".
    /// # Fix
    /// The target's log. A keep-alive timeout of the target shorter than the load balancer's idle timeout gives 502 now and then.
    /// # Sources
    /// Elastic Load Balancing guide, "HTTP 502" (documented); aws-powertools/powertools-lambda-python#1248 (reported).
    "alb-bad-gateway": "the load balancer got no valid answer from its target", Cause, Exact, Alb
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = answer(case).filter(|a| a.status() == 502 && is_own_page(a))?;
    let text = "The target closed the connection or gave an answer that is not valid; a Lambda target that fails or returns another shape does the same.";
    let fix = Fix::new(
        "mend-target",
        "look into the target's log",
        "The load balancer's access log shows target_status_code \"-\" for such requests. The target's keep-alive has to outlast the load balancer's idle timeout.",
    );
    let finding = answer.finding(case, text).confidence(Confidence::Likely);
    let finding = if answer.preflight { beside_get(case, finding) } else { finding };
    Some(finding.fix(fix))
}
