//! `apigw-forbidden-waf`.

use super::refusal::{self, Origin, WAF_BODY_LIMIT};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// A rule of the web ACL (AWS WAF) in front of the REST API blocked the request. It is asked before the resource policy, the
    /// authorizer and the key, so it hides every other fault.
    /// # Why the browser hides it
    /// WAF answers with the API's own 403 `Forbidden`, without CORS headers.
    /// # How to tell
    /// The stage and the method work for other requests on the same path: a plain GET passes, a POST with a body above 8 KB does not
    /// (rule `SizeRestrictions_BODY` of AWS's common rule set). An API key that is missing looks the same.
    /// # Fix
    /// The web ACL's sampled requests name the rule. Exclude the path from it or set the rule to Count; let OPTIONS pass.
    /// # Sources
    /// AWS WAF guide, "AWS Managed Rules rule groups"; API Gateway guide, "Gateway response types" (documented); a captured block (reported).
    "apigw-forbidden-waf": "a web ACL (AWS WAF) blocked the request", Cause, Specific, Waf
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::read(case).filter(|r| r.origin == Origin::Waf)?;
    let size = match case.ask.body_bytes {
        Some(n) if n > WAF_BODY_LIMIT => {
            format!(" The body has {n} bytes, and AWS's common rule set blocks bodies above 8 KB (SizeRestrictions_BODY).")
        }
        _ => String::new(),
    };
    let sure = refusal.confidence == Confidence::Confirmed;
    let seen = if sure {
        "The same request without the page's headers passes, so it is neither the key nor the stage: a rule of the web ACL (AWS WAF) objects to \
         what the page adds."
    } else {
        "The method exists and the preflight passes, so the 403 is made by something that looks at the request: most probably a rule of the web \
         ACL (AWS WAF)."
    };
    let text = format!("{seen}{size}");
    let fix = Fix::new(
        "tune-waf",
        "find the rule that blocks, and except this path from it",
        "Console: WAF & Shield, Web ACLs, the ACL, Traffic overview or Sampled requests: the rule stands beside each blocked request. \
        A rule of a managed group can be set to Count; a scope-down statement keeps it away from the path.",
    )
    .snippet(
        "json",
        "rule override",
        "\"RuleActionOverrides\": [\n  { \"Name\": \"SizeRestrictions_BODY\", \"ActionToUse\": { \"Count\": {} } }\n]",
    );
    let finding = refusal.finding(case, &text).layer(Layer::Waf);
    let finding = if sure {
        finding.rule_out("apigw-api-key-required", "the same method answers without a key")
    } else {
        finding.or_else(
            "apigw-api-key-required",
            "a method that asks for an API key answers the same; the API's configuration or the ACL's log tells",
        )
    };
    Some(finding.fix(fix).fix(apigw::gateway_responses(&grant(case))))
}
