//! CONNECT, TRACE, TRACK: methods that scripts may not use.

use crate::cause::{Case, Confidence, Finding, Fix, quote};
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// The page asks with a method that scripts may not use: CONNECT, TRACE or TRACK, or something that is no method at all. `fetch` and
    /// `XMLHttpRequest` throw at once; nothing is sent.
    /// # Why the browser hides it
    /// It does not hide it, but a wrapper library may: the thrown `TypeError` ends in the same `catch` as a CORS failure.
    /// # How to tell
    /// The method alone decides. Every other method may be asked for, in a preflight.
    /// # Fix
    /// Use another method; GET, HEAD, POST, PUT, PATCH and DELETE are all there is to an API.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#forbidden-method>
    "forbidden-method": "scripts may not use this method", Cause, Protocol, Browser
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.verdict.stage != Stage::Request || !case.check_failed("forbidden-method") {
        return None;
    }
    let method = quote(&case.ask.method, 40);
    Some(
        Finding::new(format!(
            "fetch() and XMLHttpRequest refuse the method {method} with an exception, in every browser and for every server. Nothing was \
             sent, so no server setting can help."
        ))
        .cite_ask(format!("method {method}"))
        .confidence(Confidence::Confirmed)
        .fix(Fix::new("use-another-method", "use GET, HEAD, POST, PUT, PATCH or DELETE", "")),
    )
}
