//! The preflight counts against a rate limit.

use super::status;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The preflight was answered 429: a rate limit counts it, and the limit is reached.
    /// # Why the browser hides it
    /// The status of a preflight is never shown to the page, and most limiters send no CORS headers.
    /// # How to tell
    /// 429, often with Retry-After; the same request passes a little later.
    /// # Fix
    /// Leave OPTIONS out of the limit, and let browsers keep the answer (Access-Control-Max-Age), so that they ask less often. Put the
    /// CORS headers on the 429 of the request itself, so that the page can see it.
    /// # Sources
    /// - RFC 6585: <https://www.rfc-editor.org/rfc/rfc6585#section-4>
    /// - Max-Age: <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age>
    "preflight-rate-limited": "a rate limit refuses the preflight", Cause, General, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| status == 429)?;
    let retry = answer.response.header("retry-after").map(|value| super::quote(value, 40));
    let after = retry.as_ref().map(|value| format!(" It asks to wait (Retry-After: {value}).")).unwrap_or_default();
    let finding = status::finding(case, &answer, &format!("A rate limit counts the OPTIONS requests as well, and it is reached.{after}"));
    let finding = match retry {
        Some(value) => finding.cite(answer.probe, format!("Retry-After: {value}")),
        None => finding,
    };
    Some(
        finding
            .confidence(Confidence::Likely)
            .fix(Fix::new("do-not-limit-options", "leave OPTIONS out of the rate limit", "A preflight costs nothing and cannot do harm."))
            .fix(
                Fix::new(
                    "cache-the-preflight",
                    "let browsers keep the answer",
                    "Access-Control-Max-Age: 600 saves nearly every preflight.",
                )
                .snippet("http", "", "Access-Control-Max-Age: 600"),
            ),
    )
}
