//! Every origin is echoed, with credentials.

use super::control::{self, CONTROL_ORIGIN};
use crate::cause::{Case, Finding, Fix, Severity};

cause! {
    /// # What happened
    /// The server sends back whatever Origin asks, together with Access-Control-Allow-Credentials: true. So any page on the web may act
    /// with the user's cookies and read the answers.
    /// # Why the browser hides it
    /// Nothing fails: for the own page everything works.
    /// # How to tell
    /// An origin that nobody can know is echoed too, and credentials are allowed.
    /// # Fix
    /// Compare the Origin with a list, and send the header only when it is there. Where no cookies are needed, send `*` without
    /// credentials.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>
    /// - Web Security Academy: <https://portswigger.net/web-security/cors>
    "reflects-any-origin": "the server allows every origin, with credentials", Note, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    case.follow_ups().next()?;
    let (probe, response) = control::steps(case).iter().find_map(|step| {
        let probe = case.answer(step)?;
        let response = probe.response.as_ref()?;
        let echoed = response.combined("access-control-allow-origin").is_some_and(|value| value.trim() == CONTROL_ORIGIN);
        (echoed && control::trusts(response)).then_some((probe, response))
    })?;
    Some(
        Finding::new(format!(
            "The made-up origin {CONTROL_ORIGIN} is allowed too, with credentials (status {}). So every page on the web may send \
             requests with the cookies of this server's users and read the answers.",
            response.status
        ))
        .cite(probe, format!("Access-Control-Allow-Origin: {CONTROL_ORIGIN}, Access-Control-Allow-Credentials: true"))
        .severity(Severity::Error)
        .fix(Fix::new(
            "list-origins",
            "compare Origin with a list before echoing it",
            "Or, where no cookies are needed, send * and no Access-Control-Allow-Credentials.",
        )),
    )
}
