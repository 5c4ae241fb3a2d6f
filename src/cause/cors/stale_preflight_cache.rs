//! How long browsers keep the answer to the preflight.

use crate::cause::{Case, Finding, Fix, Severity, quote};
use crate::verdict::Outcome;
use crate::web::max_age;

cause! {
    /// # What happened
    /// Browsers keep the answer to a preflight for Access-Control-Max-Age seconds, each up to a limit of its own: Chromium 7200, Firefox
    /// 86400, Safari 600; without the header, 5. Until then a change on the server is not seen by those who asked before.
    /// # Why the browser hides it
    /// A kept answer leaves no line in the network panel.
    /// # How to tell
    /// No OPTIONS in the network panel. "Disable cache" in the developer tools, or a private window, asks anew.
    /// # Fix
    /// While rules still change, send Access-Control-Max-Age: 0 (or a few seconds); afterwards 600 does for every browser.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-access-control-max-age>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age>
    "stale-preflight-cache": "browsers keep the answer to the preflight for a while", Note, Protocol, Server
}

/// The longest that Chromium, Firefox and Safari keep an answer, in seconds.
const CAPS: [(&str, u32); 3] = [("Chromium", 7200), ("Firefox", 86_400), ("Safari", 600)];

fn find(case: &Case<'_>) -> Option<Finding> {
    let probe = case.preflight().filter(|_| case.verdict.preflight == Outcome::Passed)?;
    let value = probe.response.as_ref()?.combined("access-control-max-age")?;
    let shown = quote(&value, 40);
    let text = match max_age::parse(&value) {
        None => format!(
            "Access-Control-Max-Age: {shown} is not a plain number, so browsers keep the answer for {} seconds at most and ask again.",
            max_age::DEFAULT
        ),
        Some(seconds) if seconds > CAPS[2].1 => {
            let each: Vec<String> = CAPS.iter().map(|(name, cap)| format!("{name} {} s", seconds.min(*cap))).collect();
            format!(
                "Browsers keep this answer to the preflight: {} (Access-Control-Max-Age: {shown}). Until then they do not see a change \
                 of the rules.",
                each.join(", ")
            )
        }
        Some(_) => return None,
    };
    Some(Finding::new(text).cite(probe, format!("Access-Control-Max-Age: {shown}")).severity(Severity::Note).fix(Fix::new(
        "ask-anew",
        "test with \"Disable cache\" or in a private window",
        "While rules still change, send Access-Control-Max-Age: 0.",
    )))
}
