//! The method is not in the list.

use super::fault::{Fault, Kind, in_quotes};
use crate::cause::{Case, Confidence, Finding, Fix, quote};
use crate::evidence::Purpose;
use crate::web::list;

cause! {
    /// # What happened
    /// The preflight's answer does not list the request's method in Access-Control-Allow-Methods. Only GET, HEAD and POST need no
    /// listing.
    /// # Why the browser hides it
    /// It does not: "Method PUT is not allowed by Access-Control-Allow-Methods".
    /// # How to tell
    /// Compare method and list, case included: `fetch` makes put and delete upper case, but leaves `patch` as it is written.
    /// # Fix
    /// List the method on the answer to OPTIONS. Write PATCH in upper case in the page.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - Which methods are made upper case: <https://fetch.spec.whatwg.org/#concept-method-normalize>
    "method-not-allowed": "the preflight's answer does not allow the method", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::Method)?;
    let method = quote(&case.ask.sent_method(), 40);
    let value = fault.value("access-control-allow-methods").unwrap_or_default();
    let other_case = list::items(&value).find(|item| item.eq_ignore_ascii_case(&method)).map(str::to_owned);
    let allowed =
        if value.is_empty() { "has no Access-Control-Allow-Methods".to_owned() } else { format!("allows {}", quote(&value, 160)) };
    let case_counts = other_case
        .as_ref()
        .map(|item| format!(" Only the case differs ({item}), and it counts: browsers send {method} as it is written."))
        .unwrap_or_default();
    let finding = fault
        .finding(
            case,
            "Access-Control-Allow-Methods",
            format!("The page sends {method}, and the answer to the preflight {allowed}.{case_counts}{}", in_quotes(&value, &method)),
        )
        .confidence(Confidence::Confirmed);
    let allow = fault.fix(case, "allow-methods", format!("add {method} to Access-Control-Allow-Methods"), "On the answer to OPTIONS.");
    // Registered methods are upper case: whoever writes it small is to change.
    Some(match other_case.filter(|item| item.bytes().all(|c| !c.is_ascii_lowercase())) {
        Some(item) => finding
            .fix(
                Fix::new(
                    "write-the-method-in-upper-case",
                    format!("write {item} in the page"),
                    "The six common methods are made upper case by the browser, PATCH is not.",
                )
                .snippet("javascript", "fetch", format!("fetch(url, {{ method: \"{item}\" }})"))
                .proven_by(case.preflight_step(Purpose::FixVerification, |ask| ask.method.clone_from(&item))),
            )
            .fix(allow),
        None => finding.fix(allow),
    })
}
