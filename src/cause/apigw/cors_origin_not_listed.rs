//! `apigw-cors-origin-not-listed`.

use super::unlisted::{Part, read};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The HTTP API has a CORS configuration, and the page's origin is not among its `AllowOrigins`.
    /// # Why the browser hides it
    /// The API answers the preflight with 204 but leaves out every Access-Control header.
    /// # How to tell
    /// 204 beside `apigw-requestid` without any Access-Control header, also for a plain GET without headers; another origin gets them.
    /// # Fix
    /// Add the origin exactly as the browser sends it: scheme, host, port, no trailing slash. `https://*` allows every https page.
    /// # Sources
    /// API Gateway guide, "Configure CORS for HTTP APIs" (documented); measured in public security tests of 2026 (reported).
    "apigw-cors-origin-not-listed": "the page's origin is not in the HTTP API's AllowOrigins", Cause, Specific, ApigwHttp, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let unlisted = read(case).filter(|u| u.part == Part::Origin)?;
    let text = match &unlisted.proof {
        Some(near) => format!("{} is not listed; {} is.", case.ask.origin, near.probe.request.header("origin").unwrap_or_default()),
        None if unlisted.confidence == Confidence::Confirmed => {
            format!(
                "The origin {} is not among its AllowOrigins: whatever the method, and without headers, it gets nothing.",
                case.ask.origin
            )
        }
        None => format!("The origin {} is not among its AllowOrigins.", case.ask.origin),
    };
    let mut finding = unlisted.finding(case, &text).fix(apigw::http_cors(&grant(case)));
    if unlisted.confidence == Confidence::Possible {
        finding = finding
            .or_else("apigw-cors-header-not-listed", "the same preflight without headers would be permitted")
            .or_else("apigw-cors-method-not-listed", "a preflight for GET without headers would be permitted");
    }
    Some(finding)
}
