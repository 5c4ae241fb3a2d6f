//! The value is no origin at all.

use super::fault::{Fault, Kind};
use crate::cause::{Case, Confidence, Finding, quote};

cause! {
    /// # What happened
    /// Access-Control-Allow-Origin holds something that is neither `*`, `null` nor an origin: an empty value, a host without a scheme, a
    /// pattern such as `*.example.com`, a quoted string.
    /// # Why the browser hides it
    /// It does not: "contains the invalid value". Patterns look right in a configuration, and no standard knows them.
    /// # How to tell
    /// The value cannot be read as scheme, host and port.
    /// # Fix
    /// Send the page's origin as it is. Match patterns on the server, and send back the origin that asked.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-origin>
    "invalid-allow-origin": "the allowed origin is not an origin", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::NotAnOrigin)?;
    let value = fault.value("access-control-allow-origin")?;
    let why = match value.as_str() {
        "" => "it is empty: a variable of the configuration was not filled in",
        text if text.contains('*') => "no standard knows patterns there; the server has to match them and send back the origin that asked",
        text if text.starts_with('"') || text.starts_with('\'') => "it is quoted, and the quotes count",
        text if !text.contains("://") => "an origin begins with its scheme, such as https://",
        _ => "it cannot be read as scheme, host and port",
    };
    Some(
        fault
            .finding(
                case,
                "Access-Control-Allow-Origin",
                format!(
                    "{} says Access-Control-Allow-Origin: \"{}\", which is neither *, null nor an origin: {why}. The page is {}.",
                    sentence(&fault.answer()),
                    quote(&value, 120),
                    fault.origin
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(fault.fix(
                case,
                "allow-origin",
                format!("send Access-Control-Allow-Origin: {}", fault.origin),
                "Byte for byte, without quotes, patterns or a slash at the end.",
            )),
    )
}

/// With a capital.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}
