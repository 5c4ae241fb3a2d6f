//! `apigw-cors-method-not-listed`.

use super::unlisted::{Part, read};
use crate::cause::answer::grant;
use crate::cause::{Case, Finding};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The HTTP API's CORS configuration allows the page's origin, but not this method.
    /// # Why the browser hides it
    /// The API answers the preflight with 204 but leaves out every Access-Control header, as if the origin were the reason.
    /// # How to tell
    /// The same preflight for GET is permitted, the one for the page's method is not, even without headers.
    /// # Fix
    /// Add the method to `AllowMethods`.
    /// # Sources
    /// API Gateway guide, "Configure CORS for HTTP APIs" (documented). The shape of the answer is told by varying (inferred).
    "apigw-cors-method-not-listed": "the method is not in the HTTP API's AllowMethods", Cause, Specific, ApigwHttp, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let unlisted = read(case).filter(|u| u.part == Part::Method)?;
    let text = format!("From {} another method is permitted; {} is not among its AllowMethods.", case.ask.origin, case.ask.sent_method());
    Some(unlisted.finding(case, &text).fix(apigw::http_cors(&grant(case))))
}
