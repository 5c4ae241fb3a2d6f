//! `Access-Control-Allow-Methods` cannot be read.

use super::fault::{Kind, unreadable_list};
use crate::cause::{Case, Finding};

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
    unreadable_list(case, Kind::BadMethods, "Access-Control-Allow-Methods", "allow-methods")
}
