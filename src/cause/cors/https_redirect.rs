//! http is redirected to https.

use super::moved::{Moved, Way, refused_there, shown};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The URL says http, and the server redirects to https. A browser does not follow a redirected preflight; and a redirected request
    /// without a preflight fails as well when the redirect itself carries no CORS headers.
    /// # Why the browser hides it
    /// The page learns neither the status nor the target. In a tab and with curl the redirect is followed, so there everything works.
    /// # How to tell
    /// The Location is the same URL with https.
    /// # Fix
    /// Write https into the page's configuration.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - HSTS, which hides the slip after the first visit: <https://www.rfc-editor.org/rfc/rfc6797#section-8.3>
    "https-redirect": "the URL says http, and the server redirects to https", Cause, Protocol, Server,
    supersedes: ["preflight-redirect", "actual-redirect-cross-origin"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let moved = Moved::by(case, Way::ToHttps)?;
    let (from, to) = (shown(&moved.from), shown(&moved.to));
    let step = case.proof_step(|ask| ask.url = moved.to.clone());
    let passes = case.answer(&step).is_some_and(|probe| case.passes(probe) == Some(true));
    let what = if moved.preflight {
        "A browser does not follow a redirected preflight"
    } else {
        "The redirect itself carries no CORS headers, so the browser does not follow it"
    };
    Some(
        Finding::new(format!(
            "The page asks for {from}, and the server answers {} with a redirect to {to}. {what}; ask for https at once.{}",
            moved.response.status,
            refused_there(case, &step)
        ))
        .layer(case.answerer_of(moved.probe).layer)
        .cite(moved.probe, moved.line())
        .confidence(if passes { Confidence::Confirmed } else { Confidence::Likely })
        .fix(
            Fix::new(
                "request-https-directly",
                "write https into the page's URL",
                "The redirect stays useful for people who type the address.",
            )
            .snippet("text", "the URL", to)
            .proven_by(step),
        ),
    )
}
