//! `cloudfront-waf-blocked`.

use super::{page, page_finding};
use crate::cause::{Case, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// A rule of the web ACL (AWS WAF) on the distribution blocked the request at the edge.
    /// # Why the browser hides it
    /// The 403 page has no CORS headers.
    /// # How to tell
    /// `server: CloudFront` and a page that says "Request blocked."
    /// # Fix
    /// The ACL's sampled requests name the rule: except the path, let OPTIONS pass, or set the rule to Count.
    /// # Sources
    /// AWS WAF guide, "How AWS WAF works with CloudFront" (documented); captures of the 919-byte page (reported).
    "cloudfront-waf-blocked": "a web ACL (AWS WAF) on the distribution blocked the request", Cause, Exact, Waf
}

fn find(case: &Case<'_>) -> Option<Finding> {
    const SENTENCE: &str = "Request blocked.";
    let answer = page(case, SENTENCE)?;
    let text = "That is CloudFront's page for a request that a rule of its web ACL (AWS WAF) blocked; the origin was never asked.";
    let fix = Fix::new(
        "tune-waf",
        "find the rule that blocks, and except this request from it",
        "Console: WAF & Shield, Web ACLs, Global (CloudFront), the ACL, Sampled requests: the rule stands beside each blocked request. \
        Bot and rate rules block preflights too: exclude OPTIONS by a scope-down statement.",
    );
    Some(page_finding(case, &answer, SENTENCE, text).layer(Layer::Waf).fix(fix))
}
