//! The refused headers are ones that a library adds by itself.

use super::names::Refused;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::sdk_headers;

cause! {
    /// # What happened
    /// The server refuses request headers that nobody wrote into the page: an SDK or a monitoring library adds them by itself, sometimes
    /// since its last update.
    /// # Why the browser hides it
    /// It names the first refused header, not the library that added it.
    /// # How to tell
    /// The names are known: x-amz-checksum-* and x-amz-sdk-* (AWS SDKs since 2025), amz-sdk-*, x-amz-user-agent, traceparent, baggage,
    /// sentry-trace, x-datadog-* …
    /// # Fix
    /// Switch the addition off for this host, or allow the headers.
    /// # Sources
    /// - AWS SDKs: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html>
    /// - W3C Trace Context: <https://www.w3.org/TR/trace-context/>
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
    "sdk-added-header": "a library adds a header that the server does not allow", Cause, Protocol, Server,
    blames: CorsRules, supersedes: ["header-not-allowed"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let (groups, unknown) = sdk_headers::group(&refused.names);
    if groups.is_empty() || !unknown.is_empty() || groups.iter().any(|(sender, _)| !sender.unasked) {
        return None;
    }
    let who: Vec<String> =
        groups.iter().map(|(sender, names)| format!("{} come from {}: {}", names.join(", "), sender.name, sender.why)).collect();
    let all = refused.names.join(", ");
    let finding = refused
        .fault
        .finding(
            case,
            "Access-Control-Allow-Headers",
            format!("The request carries {all}, and {}. Nobody wrote them into the page: {}.", refused.answer(), who.join("; ")),
        )
        .cite(refused.fault.probe, format!("Access-Control-Request-Headers: {}", case.asked_headers().join(",")))
        .confidence(Confidence::Confirmed);
    let switches = groups.iter().map(|(sender, names)| {
        let fix = Fix::new(
            "switch-it-off",
            format!("stop {} from adding {}", sender.name, names.join(", ")),
            format!("{} ({})", sender.switch, sender.source),
        );
        if sender.code.is_empty() { fix } else { fix.snippet("javascript", sender.name, sender.code) }
    });
    let finding = switches.fold(finding, Finding::fix);
    Some(finding.fix(refused.fault.fix(
        case,
        "allow-headers",
        format!("add {all} to Access-Control-Allow-Headers"),
        "On the answer to OPTIONS.",
    )))
}
