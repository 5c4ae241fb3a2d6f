//! `*` in Allow-Methods is a literal when credentials are included.

use super::fault::{Fault, Kind};
use super::wildcard_with_credentials::without_credentials;
use crate::cause::{Case, Confidence, Finding};
use crate::web::list;

cause! {
    /// # What happened
    /// The page includes credentials, and the answer allows the methods `*`. With credentials that is no wildcard but a method whose name
    /// is an asterisk.
    /// # Why the browser hides it
    /// It says that the method "is not allowed", though `*` seems to allow everything.
    /// # How to tell
    /// `credentials: "include"` in the page, `*` in Access-Control-Allow-Methods, and a method other than GET, HEAD and POST.
    /// # Fix
    /// Name the methods, or leave credentials out.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-methods>
    "wildcard-method-with-credentials": "* does not stand for every method when credentials are included", Cause, Protocol, Server,
    blames: CorsRules, supersedes: ["method-not-allowed"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::Method).filter(|_| case.ask.with_credentials())?;
    let value = fault.value("access-control-allow-methods").filter(|value| list::items(value).any(|item| item == "*"))?;
    let method = case.ask.sent_method();
    Some(
        fault
            .finding(
                case,
                "Access-Control-Allow-Methods",
                format!(
                    "The page includes credentials, and then the * in \"Access-Control-Allow-Methods: {value}\" is no wildcard. {method} \
                     has to be named."
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(fault.fix(case, "allow-methods", format!("name {method} in Access-Control-Allow-Methods"), "On the answer to OPTIONS."))
            .fix(without_credentials(case, &fault)),
    )
}
