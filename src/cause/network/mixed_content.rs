//! An https page asks for something over plain http.

use crate::cause::{Case, Confidence, Finding, Fix, authority};
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// The page was loaded over https and asks for an http URL. Browsers block such "mixed content" before anything is sent: the server
    /// never hears of it, and no CORS header can help.
    /// # Why the browser hides it
    /// A script gets the same error as for a CORS failure ("Failed to fetch"); only the console says "Mixed Content". Not to be mixed up:
    /// a name or port that does not even exist looks the same, since it is never tried.
    /// # How to tell
    /// The page's origin begins with https, the URL with http, and its host is neither localhost nor a loopback address, which count as
    /// trustworthy (except in Safari).
    /// # Fix
    /// Ask for the https URL. A store or API inside a private network needs a public https name, or a reverse proxy with a certificate in
    /// front of it. During development, serve the page over http as well, or the API on localhost.
    /// # Sources
    /// - Mixed Content: <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>
    /// - MDN: <https://developer.mozilla.org/docs/Web/Security/Mixed_content>
    "mixed-content": "an https page may not ask for a plain http URL", Cause, Protocol, Browser
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.verdict.stage != Stage::Request || !case.check_failed("mixed-content") {
        return None;
    }
    let url = &case.ask.url;
    let place = authority(url);
    let mut secure = url.clone();
    let fix = Fix::new(
        "use-https",
        format!("give {place} an https address and use that"),
        "Put a certificate on the server or on a reverse proxy in front of it, and change the URL that the page is built with.",
    );
    let fix = match secure.set_scheme("https") {
        Ok(()) => fix.snippet("text", "the URL", secure.to_string()).proven_by(case.proof_step(|ask| ask.url = secure.clone())),
        Err(()) => fix,
    };
    Some(
        Finding::new(format!(
            "The page {} came over https, and {place} is to be asked over plain http. Browsers block that before they send anything, so \
             this is no matter of CORS headers, and nothing reached {place}. Only localhost and loopback addresses are exempt, and not \
             in Safari.",
            case.ask.origin
        ))
        .cite_ask(format!("page {}, URL {url}", case.ask.origin))
        .confidence(Confidence::Confirmed)
        .fix(fix)
        .fix(Fix::new(
            "serve-page-over-http",
            "for development only: open the page over http too",
            "Then both are http, and nothing is mixed.",
        )),
    )
}
