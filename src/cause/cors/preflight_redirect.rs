//! The preflight is redirected.

use super::moved::{Moved, over_https, proven_at, refused_there, shown};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The server answered the preflight with a redirect. Browsers never follow one there: the preflight counts as failed, wherever it
    /// leads.
    /// # Why the browser hides it
    /// The page learns neither the status nor the target; Chromium's console says "Redirect is not allowed for a preflight request".
    /// # How to tell
    /// OPTIONS gives 301, 302, 303, 307 or 308 with a Location. curl and a tab follow it, so there everything works.
    /// # Fix
    /// Use the URL that the redirect leads to, or answer OPTIONS before redirecting.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    "preflight-redirect": "the preflight is redirected, and browsers do not follow that", Cause, General, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let moved = Moved::of(case).filter(|moved| moved.preflight)?;
    let to = shown(&moved.to);
    let downgraded = case.is_mixed_content(&moved.to);
    let there = if downgraded {
        " The target is plain http: from an https page that is mixed content, which a browser does not ask for at all.".to_owned()
    } else {
        refused_there(case, &case.proof_step(|ask| ask.url = moved.to.clone()))
    };
    let fix = if downgraded {
        over_https(case, &moved.to)
    } else {
        let fix = Fix::new("use-the-target", "ask for the URL that the redirect leads to", "Then nothing is redirected any more.");
        proven_at(case, fix.snippet("text", "the URL", to.clone()), &moved.to)
    };
    Some(
        Finding::new(format!(
            "OPTIONS {} is answered {} with a redirect to {to}, and a browser does not follow a redirected preflight. The request itself \
             was never sent.{there}",
            shown(&moved.from),
            moved.response.status,
        ))
        .layer(case.answerer_of(moved.probe).layer)
        .cite(moved.probe, moved.line())
        .confidence(Confidence::Likely)
        .fix(fix)
        .fix(Fix::new(
            "answer-options",
            "answer OPTIONS before redirecting",
            "The CORS middleware comes before the rule that redirects.",
        )),
    )
}
