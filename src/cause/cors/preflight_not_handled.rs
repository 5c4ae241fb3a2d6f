//! The server does not answer OPTIONS: 404, 405, 501.

use super::fault::ask_from_own_server;
use super::status;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::Purpose;

cause! {
    /// # What happened
    /// Before the request, the browser asked with OPTIONS whether it may send it. The server has no answer for that method on this path:
    /// 404, 405 or 501. The request itself was never sent.
    /// # Why the browser hides it
    /// The status of a preflight is never shown to the page, only that it "does not have HTTP ok status".
    /// # How to tell
    /// Another method on the same path works (curl, a browser tab), OPTIONS does not. If GET gives 404 as well, the path may be wrong.
    /// # Fix
    /// Answer OPTIONS with 204 and the CORS headers, in the framework's CORS middleware (before routing) or in the proxy. Or avoid the
    /// preflight: a simple GET or POST with no header of its own needs none.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6>
    "preflight-not-handled": "the server does not answer OPTIONS", Cause, General, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| matches!(status, 404 | 405 | 501))?;
    let allow = answer
        .response
        .header("allow")
        .map(|methods| format!(" Its Allow header lists {}.", super::quote(methods, 80)))
        .unwrap_or_default();
    let step = case.get_step(Purpose::FollowUp, |_| {});
    let read = case.answer(&step).and_then(|probe| Some((probe, probe.response.as_ref()?)));
    let (more, confidence) = match (answer.status(), read) {
        (404, Some((_, response))) if response.status == 404 => {
            (" GET on the same path gives 404 too, so the path itself may be wrong.", Confidence::Possible)
        }
        (404, Some(_)) => (" GET on the same path is answered, so it is only OPTIONS that nobody handles.", Confidence::Confirmed),
        (404, None) => (" Either no route takes OPTIONS, or the path does not exist at all.", Confidence::Likely),
        _ => ("", Confidence::Confirmed),
    };
    let path = super::quote(case.ask.url.path(), 80);
    let what = if answer.status() == 404 {
        format!("Nothing answers OPTIONS on {path}, and OPTIONS is what a browser asks with first.")
    } else {
        format!("The server knows {path}, but not with OPTIONS, which is what a browser asks with first.")
    };
    let finding = status::finding(case, &answer, &format!("{what}{allow}{more}")).confidence(confidence);
    let finding = match read {
        Some((probe, response)) if answer.status() == 404 => finding.cite(probe, format!("GET → {}", response.status)),
        None if answer.status() == 404 => finding.want(step),
        _ => finding,
    };
    let finding = finding.fix(status::answer_options(
        case,
        &answer,
        "The CORS middleware stands before the routes and before authentication, so that it sees every OPTIONS.",
    ));
    let finding = ask_from_own_server(case).into_iter().fold(finding, Finding::fix);
    Some(finding.fix(Fix::new(
        "avoid-the-preflight",
        "make the request simple",
        "GET, HEAD or POST with a form's content type and no header of its own is sent without asking.",
    )))
}
