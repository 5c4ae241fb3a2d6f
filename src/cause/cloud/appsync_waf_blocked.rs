//! `appsync-waf-blocked`.

use super::waf_captcha::spare_options;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// A rule of the web ACL (AWS WAF) on the GraphQL API blocked the request.
    /// # Why the browser hides it
    /// AppSync's own answers carry CORS headers, the block does not.
    /// # How to tell
    /// `{"errors":[{"errorType":"WAFForbiddenException","message":"403 Forbidden"}]}` from an AppSync host.
    /// # Fix
    /// The ACL's sampled requests name the rule; except the request or set it to Count.
    /// # Sources
    /// AppSync guide, "Using AWS WAF to protect your APIs" (documented); a pasted answer (reported).
    "appsync-waf-blocked": "a web ACL (AWS WAF) on the GraphQL API blocked the request", Cause, Exact, Waf
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let by_type = answer.response.header("x-amzn-errortype").is_some_and(|t| t.starts_with("WAFForbiddenException"));
    if !by_type && !answer.response.body.contains("WAFForbiddenException") {
        return None;
    }
    let text = "WAFForbiddenException: the web ACL (AWS WAF) on the AppSync API blocked it. Everything AppSync says itself can be read by the page; this cannot.";
    let fix = if answer.preflight {
        spare_options()
    } else {
        Fix::new(
            "tune-waf",
            "find the rule that blocks, and except this request from it",
            "Console: WAF & Shield, Web ACLs, the ACL, Sampled requests: the rule stands beside each blocked request. Set it to Count, or \
             narrow it by a scope-down statement.",
        )
    };
    Some(answer.finding(case, text).layer(Layer::Waf).confidence(Confidence::Confirmed).fix(fix))
}
