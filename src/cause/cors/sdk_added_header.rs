//! The refused headers are ones that a library adds by itself.

use super::names::Refused;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::sdk_headers::{self, Sender};

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
    let all = refused.names.join(", ");
    let them = if refused.names.len() == 1 { "it" } else { "them" };
    let finding = refused
        .fault
        .finding(
            case,
            "Access-Control-Allow-Headers",
            format!("The request carries {all}, and {}. Nobody wrote {them} into the page: {}.", refused.answer(), senders(&groups)),
        )
        .cite(refused.fault.probe, format!("Access-Control-Request-Headers: {}", case.asked_headers().join(",")))
        .confidence(Confidence::Confirmed);
    let switched = groups.iter().filter(|(sender, _)| !sender.stays);
    let finding = switched.fold(finding, |finding, (sender, names)| finding.fix(switch_off(sender, names)));
    let title = format!("add {all} to Access-Control-Allow-Headers");
    let mut allow = refused.fault.fix(case, "allow-headers", title, "On the answer to OPTIONS.");
    for (sender, _) in groups.iter().filter(|(sender, _)| sender.stays) {
        allow.detail = format!("{} Headers of {}: {} ({}).", allow.detail, sender.name, sender.switch, sender.source).into();
    }
    Some(finding.fix(allow))
}

type Group<'n> = (&'static Sender, Vec<&'n str>);

fn senders(groups: &[Group<'_>]) -> String {
    let sentence = |(sender, names): &Group<'_>| {
        let verb = if names.len() == 1 { "comes" } else { "come" };
        format!("{} {verb} from {}: {}", names.join(", "), sender.name, sender.why)
    };
    groups.iter().map(sentence).collect::<Vec<_>>().join("; ")
}

fn switch_off(sender: &Sender, names: &[&str]) -> Fix {
    let title = format!("stop {} from adding {}", sender.name, names.join(", "));
    let fix = Fix::new("switch-it-off", title, format!("{} ({})", sender.switch, sender.source));
    if sender.code.is_empty() { fix } else { fix.snippet("javascript", sender.name, sender.code) }
}
