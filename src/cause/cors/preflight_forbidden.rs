//! The preflight is answered 403, and nobody says why.

use super::{client_shape_blocked, filter, status};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The preflight was answered 403. Something between the browser and the application refuses it: a firewall, an access rule, a CORS
    /// filter that does not know the origin, or the application itself.
    /// # Why the browser hides it
    /// The status of a preflight is never shown to the page.
    /// # How to tell
    /// Look at what the answer says and who made it. A CORS filter that refuses an origin often answers 403 with "Invalid CORS request".
    /// # Fix
    /// Find the component by its headers and body, and let OPTIONS from this origin pass there.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4>
    "preflight-forbidden": "something refuses the preflight with 403", Cause, General, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| status == 403)?;
    if let Some(finding) = filter::finding(case, &answer) {
        return Some(finding);
    }
    let origin = &case.ask.origin;
    let finding = status::finding(
        case,
        &answer,
        &format!(
            "Who refused it cannot be told from the answer alone: a firewall, an access rule, or a CORS filter that does not know {origin}."
        ),
    )
    .confidence(Confidence::Possible)
    .or_else("preflight-auth-required", "the log says that credentials were missing: a preflight never carries any")
    .or_else("client-shape-blocked", "the same OPTIONS passes from another client or network");
    let finding = if matches!(case.answerer_of(answer.probe).layer, Layer::Server | Layer::Nginx | Layer::Envoy | Layer::Cloudflare) {
        finding.want(client_shape_blocked::plain_step(case))
    } else {
        finding
    };
    Some(
        finding
            .fix(Fix::new(
                "find-who-refuses",
                "find in the logs which component answered 403",
                "The first one whose log shows the OPTIONS with 403 is it; let OPTIONS from this origin pass there.",
            ))
            .fix(status::answer_options(case, &answer, "A CORS filter answers before access rules and authentication.")),
    )
}
