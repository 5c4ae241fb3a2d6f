//! More than one origin in the answer.

use super::fault::{Fault, Kind};
use crate::cause::{Case, Confidence, Finding, Fix, quote};

cause! {
    /// # What happened
    /// Access-Control-Allow-Origin is there twice, or holds a list. Only a single origin or `*` is a value; browsers join the lines with
    /// a comma and compare the whole.
    /// # Why the browser hides it
    /// It does not: "contains multiple values". What it does not show is who added the second.
    /// # How to tell
    /// Two lines: two components each add one, such as the application and the proxy in front of it, or a function URL and the function's
    /// own code. One line with a comma or a space: a configuration holds a list where a single origin belongs.
    /// # Fix
    /// Let one component do CORS and take the header out of the other. A list belongs into code that picks the origin that asked.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSMultipleAllowOriginNotAllowed>
    "multiple-allow-origin": "the answer holds more than one allowed origin", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::SeveralOrigins)?;
    let lines = fault.lines("access-control-allow-origin");
    let chain = case.answerer_of(fault.probe).chain();
    let (what, fix) = if lines.len() > 1 {
        (
            format!(
                "Access-Control-Allow-Origin stands there {} times ({}), so two components each add one: what answered ({chain}), and \
                 something behind or in front of it.",
                lines.len(),
                shown(&lines)
            ),
            Fix::new(
                "single-allow-origin",
                "let one component do CORS, and remove the header in the other",
                "In a proxy, hide the application's header, or leave CORS to the application alone.",
            )
            .snippet("nginx", "nginx: drop the application's header", "proxy_hide_header Access-Control-Allow-Origin;"),
        )
    } else {
        (
            format!(
                "Access-Control-Allow-Origin holds a list ({}), with a comma or a space in it. Only one origin or * is a value; nothing \
                 splits it.",
                shown(&lines)
            ),
            fault.fix(
                case,
                "single-allow-origin",
                format!("send the one origin that asked: {}", fault.origin),
                "Keep the list on the server, compare the request's Origin with it, and add Vary: Origin.",
            ),
        )
    };
    Some(
        fault
            .finding(case, "Access-Control-Allow-Origin", format!("In {}, {what} The page is {}.", fault.answer(), fault.origin))
            .confidence(Confidence::Confirmed)
            .fix(fix),
    )
}

fn shown(lines: &[&str]) -> String {
    quote(&lines.join(" | "), 160)
}
