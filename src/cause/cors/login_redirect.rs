//! The preflight is sent to a login page.

use super::moved::{Moved, Way, shown};
use super::status;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// Something in front of the server (an access gate, a session check, an identity-aware proxy) answers the preflight with a redirect
    /// to a login page. A preflight never carries a cookie, so it looks signed out, always.
    /// # Why the browser hides it
    /// The page learns neither the status nor the target. In a tab, where the cookie goes along, everything works.
    /// # How to tell
    /// The Location is an identity provider, or a path or query that speaks of signing in.
    /// # Fix
    /// Let OPTIONS pass the gate. For the request itself, answer 401 with CORS headers instead of redirecting: a script cannot sign in.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>
    /// - Access gates and CORS:
    ///   <https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/cors/>
    "login-redirect": "a login gate redirects the preflight", Cause, Protocol, Server, supersedes: ["preflight-redirect"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let moved = Moved::by(case, Way::Login).filter(|moved| moved.preflight)?;
    let answer = Answer::of(case)?;
    Some(
        Finding::new(format!(
            "OPTIONS {} is answered {} with a redirect to a login page, {}. A preflight carries no cookie and no token, so to the gate \
             in front it always looks signed out; and a browser does not follow the redirect.",
            shown(&moved.from),
            moved.response.status,
            shown(&moved.to)
        ))
        .layer(case.answerer_of(moved.probe).layer)
        .cite(moved.probe, moved.line())
        .confidence(Confidence::Likely)
        .fix(status::answer_options(
            case,
            &answer,
            "Before the gate that asks for a login: let OPTIONS through there, or answer it in front.",
        ))
        .fix(Fix::new(
            "answer-401",
            "answer the request itself with 401 and CORS headers, not with a redirect",
            "Then the page can see that the session is over and send the user to the login.",
        )),
    )
}
