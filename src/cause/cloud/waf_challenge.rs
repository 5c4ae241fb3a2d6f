//! `waf-challenge`.

use super::waf_captcha::{action, spare};
use crate::cause::{Case, Confidence, Finding};

cause! {
    /// # What happened
    /// A rule of AWS WAF answers with a silent challenge, a script that only a navigated page would run.
    /// # Why the browser hides it
    /// The answer is 202 and empty: a success by its status, but without any CORS header.
    /// # How to tell
    /// `x-amzn-waf-action: challenge`.
    /// # Fix
    /// Exclude OPTIONS from the rule; for the request itself use WAF's JavaScript integration, which fetches a token first.
    /// # Sources
    /// AWS WAF guide, "CAPTCHA and Challenge actions" (documented).
    "waf-challenge": "AWS WAF sends a challenge that no script can run", Cause, Exact, Waf
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = action(case, "challenge")?;
    let text = "AWS WAF wants a challenge script to be run first. Only a navigated page could; a preflight or a script's request cannot.";
    Some(answer.finding(case, text).confidence(Confidence::Confirmed).fix(spare(&answer)))
}
