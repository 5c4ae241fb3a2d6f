//! `Access-Control-Allow-Credentials` is not exactly `true`.

use super::fault::{Fault, Kind};
use crate::cause::{Case, Confidence, Finding, quote};

cause! {
    /// # What happened
    /// Access-Control-Allow-Credentials is there, but is not exactly `true`. `True`, `TRUE`, `1`, `"true"` and the header sent twice all
    /// count as no.
    /// # Why the browser hides it
    /// It does not: the console shows the value.
    /// # How to tell
    /// The value, byte for byte. A configuration in Python or YAML easily writes `True`; two components that each add the header give
    /// `true, true`.
    /// # Fix
    /// Write `true` in lower case, once.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-credentials>
    "invalid-allow-credentials": "the value of Access-Control-Allow-Credentials is not exactly true", Cause, Protocol, Server,
    blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::BadCredentials)?;
    let value = fault.value("access-control-allow-credentials")?;
    let why = match value.as_str() {
        text if text.contains(',') => "the header is there more than once, so two components each add it",
        text if text.eq_ignore_ascii_case("true") => "only lower case counts",
        "" => "it is empty",
        _ => "nothing else counts",
    };
    Some(
        fault
            .finding(
                case,
                "Access-Control-Allow-Credentials",
                format!(
                    "The page includes credentials, and {} says Access-Control-Allow-Credentials: {}. It has to be exactly true: {why}.",
                    fault.answer(),
                    quote(&value, 80)
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(fault.fix(case, "allow-credentials", "send Access-Control-Allow-Credentials: true, in lower case and once".into(), "")),
    )
}
