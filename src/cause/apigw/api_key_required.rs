//! `apigw-api-key-required`.

use super::refusal::{self, Origin};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The method asks for an API key and got none, or one that belongs to no usage plan of this stage. On a preflight that cannot
    /// be helped by the page: browsers send no `x-api-key` with OPTIONS.
    /// # Why the browser hides it
    /// The 403 is the gateway's own and has no CORS headers.
    /// # How to tell
    /// `Forbidden` on this method while other paths of the same stage answer otherwise; settled when the preflight passes with
    /// the key. A WAF rule on the path looks the same.
    /// # Fix
    /// API key required: false on OPTIONS (SAM: `AddApiKeyRequiredToCorsPreflight: false`); a key whose usage plan holds the stage.
    /// # Sources
    /// API Gateway guide, "Usage plans and API keys"; AWS re:Post, "Troubleshoot 403 errors of API Gateway" (documented).
    "apigw-api-key-required": "the method asks for an API key", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::read(case).filter(|r| r.origin == Origin::Key)?;
    let preflight = refusal.answer.preflight;
    let around = if refusal.proof.is_some() {
        "Name, stage and network are fine, since other answers around it differ: the fault sits on this method. "
    } else {
        ""
    };
    let refused = refusal::key_refused(case, &refusal.answer);
    let text = match (preflight, refusal::asks_key(case), refusal.confidence) {
        (true, _, Confidence::Confirmed) => {
            "The same preflight with the x-api-key header passes: OPTIONS asks for an API key, and browsers send none with a preflight."
                .to_owned()
        }
        (true, true, _) if refused => format!(
            "{around}The same preflight with the x-api-key of the page is refused as well: either that key is wrong, disabled, or in no usage \
             plan of this stage, or no key is missing and a rule of a web ACL (AWS WAF) refuses OPTIONS here."
        ),
        (true, true, _) => format!(
            "{around}The page uses an API key (x-api-key), and OPTIONS very probably asks for it too; browsers send none with a preflight."
        ),
        (true, false, _) => {
            format!("{around}Probably OPTIONS asks for an API key (x-api-key), which browsers never send with a preflight.")
        }
        (false, true, _) => format!("{around}The x-api-key that the page sends is wrong, disabled, or in no usage plan of this stage."),
        (false, false, _) => format!("{around}The method probably asks for an API key, and the page sends no x-api-key."),
    };
    let fix = if preflight {
        apigw::open_options(&grant(case))
    } else {
        Fix::new("use-api-key", "send a key whose usage plan holds this stage", "Console: API Gateway, Usage plans: the plan needs the API's stage and the key. The header x-api-key must then be in Access-Control-Allow-Headers.")
            .snippet("javascript", "fetch", "fetch(url, { headers: { \"x-api-key\": key } })")
    };
    let finding = refusal.finding(case, &text).fix(fix);
    Some(if refusal.confidence == Confidence::Confirmed {
        finding
    } else {
        let told_by = if refused { "the ACL's log tells" } else { "the ACL's log or the preflight with a valid key tells" };
        finding.or_else("apigw-forbidden-waf", format!("a rule of a web ACL on this path answers the same; {told_by}"))
    })
}
