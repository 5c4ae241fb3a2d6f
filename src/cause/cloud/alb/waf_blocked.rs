//! `alb-waf-blocked`.

use super::{answer, is_own_page, target_answers};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// A rule of the web ACL (AWS WAF) on the load balancer blocked the request.
    /// # Why the browser hides it
    /// The load balancer's own 403, or the rule's custom response, has no CORS headers.
    /// # How to tell
    /// `server: awselb/2.0` and the 118-byte page "403 Forbidden": a load balancer makes that page for nothing else. A custom response has
    /// any status and body; that the same path is answered by the target otherwise gives it away.
    /// # Fix
    /// The ACL's sampled requests name the rule. Except the path, let OPTIONS pass, or raise the body limit (8 KB in the common rule set).
    /// # Sources
    /// Elastic Load Balancing guide, "HTTP 403"; AWS WAF guide, "Customized web requests and responses" (documented).
    "alb-waf-blocked": "a web ACL (AWS WAF) on the load balancer blocked the request", Cause, Exact, Waf
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = answer(case).filter(|a| (400..500).contains(&a.status()))?;
    let plain = answer.status() == 403 && is_own_page(&answer);
    let custom = !is_own_page(&answer) && !answer.preflight && target_answers(case);
    if !plain && !custom {
        return None;
    }
    let text = if plain {
        "An Application Load Balancer makes a 403 page of its own only when its web ACL (AWS WAF) blocked the request.".to_owned()
    } else {
        let size = case
            .ask
            .body_bytes
            .filter(|n| *n > 8192)
            .map(|n| format!(" The body has {n} bytes; AWS's common rule set blocks above 8 KB."))
            .unwrap_or_default();
        format!(
            "The same path is answered by the target at other times, so no fixed response of the load balancer is meant: a rule of its web ACL (AWS WAF) with a custom response blocked this one.{size}"
        )
    };
    let fix = Fix::new(
        "tune-waf",
        "find the rule that blocks, and except this request from it",
        "Console: WAF & Shield, Web ACLs, the ACL, Sampled requests. Exclude OPTIONS and large uploads by a scope-down statement, or set the rule to Count.",
    );
    let finding = answer.finding(case, &text).layer(Layer::Waf).fix(fix);
    Some(if plain {
        finding.confidence(Confidence::Likely)
    } else {
        finding.confidence(Confidence::Possible).or_else(
            "alb-fixed-response",
            "a listener rule for this method alone with a fixed response looks the same; the listener's rules tell",
        )
    })
}
