//! `waf-captcha`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// A rule of AWS WAF answers with a CAPTCHA. A person could solve it on a page of its own; a preflight or a script's request cannot.
    /// # Why the browser hides it
    /// The 405 has no CORS headers.
    /// # How to tell
    /// `x-amzn-waf-action: captcha`. It wins over everything behind it.
    /// # Fix
    /// Exclude OPTIONS from the rule; for the request itself use WAF's JavaScript integration, which fetches a token first.
    /// # Sources
    /// AWS WAF guide, "CAPTCHA and Challenge actions" (documented).
    "waf-captcha": "AWS WAF asks for a CAPTCHA that no script can solve", Cause, Exact, Waf
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = action(case, "captcha")?;
    let text = "AWS WAF wants a CAPTCHA to be solved. A browser cannot do that for a preflight, nor a script for its request.";
    Some(answer.finding(case, text).confidence(Confidence::Confirmed).fix(spare(&answer)))
}

/// The answer that AWS WAF made with this action.
pub(super) fn action<'a>(case: &Case<'a>, name: &str) -> Option<Answer<'a>> {
    let answer = Answer::of(case)?;
    let asked = answer.response.header("x-amzn-waf-action")?;
    (asked.trim().eq_ignore_ascii_case(name) && !answer.readable).then_some(answer)
}

/// Keep the rule away from what was stopped.
pub(super) fn spare(answer: &Answer<'_>) -> Fix {
    if answer.preflight {
        return spare_options();
    }
    Fix::new(
        "waf-token-integration",
        "let the page fetch a token first, or keep the rule away from this path",
        "AWS WAF's JavaScript integration (AwsWafIntegration.fetch) solves the challenge and sends the token along. Without it: Console, WAF & \
         Shield, Web ACLs, the ACL, the rule, a scope-down statement that leaves the API's paths out.",
    )
}

/// Keep the rule away from preflights.
pub(super) fn spare_options() -> Fix {
    Fix::new(
        "exclude-options-from-waf-rule",
        "keep the rule away from OPTIONS",
        "Console: WAF & Shield, Web ACLs, the ACL, the rule: add a scope-down statement \"HTTP method is not OPTIONS\". For the page's own requests, \
        the CAPTCHA and challenge integration puts a token into a header or cookie, which has to be allowed by CORS as well.",
    )
    .snippet("json", "statement", STATEMENT)
}

const STATEMENT: &str = r#"{ "NotStatement": { "Statement": { "ByteMatchStatement": {
  "FieldToMatch": { "Method": {} }, "PositionalConstraint": "EXACTLY", "SearchString": "OPTIONS",
  "TextTransformations": [ { "Priority": 0, "Type": "NONE" } ] } } } }"#;
