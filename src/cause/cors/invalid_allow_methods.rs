//! `Access-Control-Allow-Methods` cannot be read.

use super::fault::{Fault, Kind};
use crate::cause::{Case, Confidence, Finding, quote};
use crate::web::list;

cause! {
    /// # What happened
    /// Access-Control-Allow-Methods is not a list of names separated by commas: one item holds a space, a quote, a semicolon or the like.
    /// One bad item makes the whole list count for nothing.
    /// # Why the browser hides it
    /// It says that the header "has an invalid value" or cannot be parsed, without saying which item.
    /// # How to tell
    /// Look for items without a comma between them, for brackets and quotes of a list that was printed as it is, and for semicolons.
    /// # Fix
    /// Write the names separated by commas, nothing else.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - Tokens: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
    "invalid-allow-methods": "the list in Access-Control-Allow-Methods cannot be read", Cause, Protocol, Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::BadMethods)?;
    let value = fault.value("access-control-allow-methods")?;
    let bad = quote(list::bad_item(&value)?, 80);
    let why = match () {
        () if bad.contains(['[', ']', '"', '\'']) => "a list of the program was printed as it is",
        () if bad.contains(';') => "items are separated by commas, not by semicolons",
        () if bad.contains(' ') => "a comma is missing between two items",
        () => "it holds a character that no name has",
    };
    Some(
        fault
            .finding(
                case,
                "Access-Control-Allow-Methods",
                format!(
                    "The item \"{bad}\" in Access-Control-Allow-Methods is no name: {why}. One bad item makes browsers refuse \
                     the whole answer."
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(fault.fix(case, "allow-methods", "write the names separated by commas, nothing else".into(), "On the answer to OPTIONS.")),
    )
}
