//! `cloudflare-challenge`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// Cloudflare's bot protection or a firewall rule answered with a challenge or a block page; the server behind it was not asked.
    /// # Why the browser hides it
    /// The page has no CORS headers, and neither a preflight nor a script can solve a challenge.
    /// # How to tell
    /// `cf-mitigated: challenge`, or `server: cloudflare` with the page "Just a moment..." or "Attention Required!".
    /// # Fix
    /// A rule that skips bot protection for the API's path, at least for OPTIONS.
    /// # Sources
    /// Cloudflare, "Detect a challenge page response" (documented); captured pages (reported).
    "cloudflare-challenge": "Cloudflare's bot protection answered", Cause, Exact, Cloudflare
}

const PAGES: [&str; 5] = ["<title>Just a moment", "Attention Required! | Cloudflare", "challenge-platform", "cf-chl-", "error code: 1020"];

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|a| !a.readable && a.refused())?;
    let told = answer.response.header("cf-mitigated").is_some_and(|v| v.eq_ignore_ascii_case("challenge"));
    let page = PAGES.iter().any(|sign| answer.response.body.contains(sign));
    if !matches!(case.answerer_of(answer.probe).layer, Layer::Cloudflare | Layer::R2) || !(told || page) {
        return None;
    }
    let text = "Cloudflare's bot protection (or a firewall rule) stopped the request with a page that only a person in front of a browser window can pass.";
    let fix = Fix::new(
        "skip-bot-protection",
        "let the API's path skip bot protection",
        "Dashboard: Security, WAF, Custom rules: action Skip for the path (and the method OPTIONS). Bot Fight Mode cannot be skipped by a rule: switch it off or use another host name.",
    )
    .snippet("text", "expression", expression(case, &answer));
    Some(answer.finding(case, text).confidence(if told { Confidence::Confirmed } else { Confidence::Likely }).fix(fix))
}

/// The preflights of the host, or the path that the page itself was stopped at.
fn expression(case: &Case<'_>, answer: &Answer<'_>) -> String {
    let host = case.ask.url.host_str().unwrap_or_default();
    let what = if answer.preflight { "method eq \"OPTIONS\"".to_owned() } else { format!("uri.path eq \"{}\"", case.ask.url.path()) };
    format!("http.host eq \"{host}\" and http.request.{what}")
}
