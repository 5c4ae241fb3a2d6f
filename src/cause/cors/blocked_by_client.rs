//! Something in the browser blocked it, not CORS.

use crate::cause::{Case, Finding};

cause! {
    /// # What happened
    /// The request never left the browser, or its answer was taken away there, for a reason of the page's own side: its content security
    /// policy (connect-src), an extension (an ad blocker), a service worker, or opaque response blocking (ORB, CORP) of a request that
    /// was not made with CORS.
    /// # Why the browser hides it
    /// The script gets the same `TypeError` as for a CORS failure. The console tells them apart: "violates the following Content Security
    /// Policy directive", `net::ERR_BLOCKED_BY_CLIENT`, `net::ERR_BLOCKED_BY_ORB`.
    /// # How to tell
    /// Only from the console or from a HAR file: a server cannot see it, and asking the server again finds nothing wrong.
    /// # Fix
    /// Add the host to connect-src of the page's policy, try without extensions (a private window), or unregister the service worker. For
    /// images and fonts, ask with CORS (`crossorigin`).
    /// # Sources
    /// - Content Security Policy: <https://www.w3.org/TR/CSP3/#directive-connect-src>
    /// - Opaque response blocking: <https://fetch.spec.whatwg.org/#orb>
    "blocked-by-client": "something in the browser blocks it before CORS is asked", Cause, Exact, Browser
}

/// The evidence on the wire never shows it: pasted console text does, and is answered where it is read.
fn find(_case: &Case<'_>) -> Option<Finding> {
    None
}
