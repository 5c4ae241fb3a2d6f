//! `*` in Allow-Headers is a literal when credentials are included.

use super::names::Refused;
use super::wildcard_with_credentials::without_credentials;
use crate::cause::{Case, Confidence, Finding};

cause! {
    /// # What happened
    /// The page includes credentials, and the answer allows the headers `*`. With credentials that is no wildcard but a header whose name
    /// is an asterisk.
    /// # Why the browser hides it
    /// It says that the header "is not allowed", though `*` seems to allow everything.
    /// # How to tell
    /// `credentials: "include"` in the page, `*` in Access-Control-Allow-Headers, and the refused header not named beside it.
    /// # Fix
    /// Name the headers, or send back what Access-Control-Request-Headers asked for; or leave credentials out.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-headers>
    "wildcard-header-with-credentials": "* does not stand for every header when credentials are included", Cause, Protocol, Server,
    blames: CorsRules, supersedes: ["header-not-allowed", "sdk-added-header"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case).filter(|refused| case.ask.with_credentials() && refused.allowed.iter().any(|item| item == "*"))?;
    let all = refused.names.join(", ");
    Some(
        refused
            .fault
            .finding(
                case,
                "Access-Control-Allow-Headers",
                format!(
                    "The page includes credentials, and then the * in Access-Control-Allow-Headers is no wildcard. {all} has to be named."
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(refused.fault.fix(
                case,
                "allow-headers",
                format!("name {all} in Access-Control-Allow-Headers"),
                "Or send back what Access-Control-Request-Headers asked for.",
            ))
            .fix(without_credentials(case, &refused.fault)),
    )
}
