//! A request header is not in the list.

use super::fault::in_quotes;
use super::names::Refused;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::sdk_headers;

cause! {
    /// # What happened
    /// The page sends a header that a preflight has to ask for, and the answer does not list it in Access-Control-Allow-Headers.
    /// # Why the browser hides it
    /// It names the first refused header only; mend that, and the next one comes up. It does not say which library added the header.
    /// # How to tell
    /// Compare Access-Control-Request-Headers with Access-Control-Allow-Headers. Case does not count. Content-Type has to be listed too,
    /// unless its value is one that a form sends.
    /// # Fix
    /// List every header that the page sends, or do not send it.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSMissingAllowHeaderFromPreflight>
    "header-not-allowed": "the preflight's answer does not allow a header that the page sends", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let (first, all) = (refused.names.first()?, refused.names.join(", "));
    let (groups, _) = sdk_headers::group(&refused.names);
    let added = groups.iter().map(|(sender, names)| {
        let verb = if names.len() == 1 { "is" } else { "are" };
        format!(" {} {verb} added by {}: {}.", names.join(", "), sender.name, sender.switch)
    });
    let count = if refused.names.len() == 1 { "It is the only one that is refused.".to_owned() } else { format!("Refused in all: {all}.") };
    let finding = refused
        .fault
        .finding(
            case,
            "Access-Control-Allow-Headers",
            format!(
                "The page sends {first}, and {}.{} {count}{}",
                refused.answer(),
                in_quotes(&refused.fault.value("access-control-allow-headers").unwrap_or_default(), first),
                added.collect::<String>()
            ),
        )
        .cite(refused.fault.probe, format!("Access-Control-Request-Headers: {}", case.asked_headers().join(",")))
        .confidence(Confidence::Confirmed)
        .fix(refused.fault.fix(case, "allow-headers", format!("add {all} to Access-Control-Allow-Headers"), "On the answer to OPTIONS."));
    Some(finding.fix(Fix::new(
        "leave-the-header-out",
        format!("do not send {all}"),
        "Without headers of its own a GET, HEAD or POST needs no preflight at all.",
    )))
}
