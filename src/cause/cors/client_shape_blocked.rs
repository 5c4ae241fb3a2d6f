//! Bot protection: the answer depends on what the client looks like.

use super::status;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{Purpose, Step};

cause! {
    /// # What happened
    /// The same preflight is refused or let through depending on what the client looks like: its user agent, its `Sec-Fetch-*` headers,
    /// its fingerprint. That is bot protection, not CORS.
    /// # Why the browser hides it
    /// The refusal carries no CORS headers, so the page gets a CORS error.
    /// # How to tell
    /// Two requests that differ in nothing but the client's own headers get different answers.
    /// # Fix
    /// Let OPTIONS through the protection for the paths of the API (a preflight can do no harm), or have the origin allowed there.
    /// # Sources
    /// - Fetch metadata: <https://www.w3.org/TR/fetch-metadata/>
    /// - Bot protection and APIs: <https://developers.cloudflare.com/bots/>
    "client-shape-blocked": "bot protection refuses a request of this shape", Cause, Protocol, Server,
    supersedes: ["preflight-forbidden", "preflight-rate-limited", "preflight-bad-status", "preflight-server-error"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| matches!(status, 400 | 403 | 406 | 429 | 444 | 503))?;
    let plain = case.answer(&plain_step(case)).filter(|probe| case.preflight_passes(probe) == Some(true))?;
    let other = plain.response.as_ref().map_or(0, |response| response.status);
    Some(
        status::finding(
            case,
            &answer,
            &format!(
                "The same preflight, sent without the headers of a browser, passes ({other}). So it is what the client looks like that \
                 decides: a bot protection or firewall rule, not the CORS settings."
            ),
        )
        .cite(plain, format!("the same OPTIONS as curl sends it → {other}"))
        .confidence(Confidence::Confirmed)
        .fix(Fix::new(
            "let-options-through",
            "exempt OPTIONS (or this API) from the bot protection",
            "In most products that is a rule \"skip when method is OPTIONS\" before the challenge.",
        )),
    )
}

/// That a client of another shape is refused as well.
pub(super) fn ruled_out(case: &Case<'_>) -> Option<(&'static str, String)> {
    let plain = case.answer(&plain_step(case)).filter(|probe| case.preflight_passes(probe) == Some(false))?;
    let status = plain.response.as_ref()?.status;
    Some((RULE.code, format!("the same OPTIONS as curl sends it does not pass either ({}: {status})", plain.id)))
}

/// The preflight as a plain client would send it: the same question, without anything that looks like a browser.
pub(super) fn plain_step(case: &Case<'_>) -> Step {
    let mut step = case.preflight_step(Purpose::VaryClient, |_| {});
    step.headers.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name == "origin" || name == "accept" || name.starts_with("access-control-request-")
    });
    step.headers.push(("User-Agent".into(), "curl/8.14.1".into()));
    step
}
