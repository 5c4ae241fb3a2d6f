//! `apigw-cors-header-not-listed`.

use super::unlisted::{Part, read};
use crate::cause::answer::grant;
use crate::cause::{Case, Finding};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The HTTP API's CORS configuration allows the page's origin and method, but not every request header.
    /// # Why the browser hides it
    /// The API answers the preflight with 204 but leaves out every Access-Control header, as if the origin were the reason.
    /// # How to tell
    /// The same preflight without Access-Control-Request-Headers is permitted.
    /// # Fix
    /// Add the names to `AllowHeaders`.
    /// # Sources
    /// API Gateway guide, "Configure CORS for HTTP APIs" (documented). The shape of the answer is told by varying (inferred).
    "apigw-cors-header-not-listed": "a request header is not in the HTTP API's AllowHeaders", Cause, Specific, ApigwHttp, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let unlisted = read(case).filter(|u| u.part == Part::Header)?;
    let text = match unlisted.names() {
        Some((names, says)) => {
            let verb = if names.len() == 1 { "is" } else { "are" };
            format!("{} So {} {verb} not in its AllowHeaders.", says.trim_start(), names.join(", "))
        }
        None => format!(
            "Without request headers the preflight is permitted; among {} is one that its AllowHeaders does not list.",
            case.asked_headers().join(", ")
        ),
    };
    Some(unlisted.finding(case, &text).fix(apigw::http_cors(&grant(case))))
}
