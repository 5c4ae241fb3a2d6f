//! A cache answers with a copy that was made for somebody else.

use super::fault::{Fault, Kind, server_fix};
use crate::cause::cached::cache_sign;
use crate::cause::places::{copied, past_cache, past_caches};
use crate::cause::{Case, Confidence, Finding, Fix, quote};
use crate::evidence::Purpose;

cause! {
    /// # What happened
    /// A cache answered with a copy that it had made for a request without an Origin (an <img> tag, a crawler) or for another page. That
    /// copy has no Access-Control-Allow-Origin, or another page's.
    /// # Why the browser hides it
    /// The page sees missing or wrong headers, although the server would send the right ones. It comes and goes with the cache.
    /// # How to tell
    /// The answer shows that it comes from a cache (Age, X-Cache: HIT), and the same URL with a fresh query parameter gets the right
    /// headers.
    /// # Fix
    /// Send Vary: Origin on every answer of that URL, with and without Origin in the request, and empty the cache. Or send the same
    /// Access-Control-Allow-Origin: * to everybody.
    /// # Sources
    /// - Fetch, CORS and caches: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>
    /// - RFC 9110, Vary: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5>
    "cached-without-cors": "a cache answers with a copy made for somebody else", Cause, Protocol, Server,
    blames: CorsRules, supersedes: ["actual-response-missing-cors", "allow-origin-mismatch"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let fault = Fault::is(case, Kind::NoOrigin).or_else(|| Fault::is(case, Kind::OtherOrigin))?;
    if fault.preflight || fault.response.status >= 400 || !matches!(case.ask.sent_method().as_str(), "GET" | "HEAD") {
        return None;
    }
    let sign = cache_sign(fault.response)?;
    let step = case.get_step(Purpose::CacheBust, |ask| ask.url = past_caches(case));
    let fresh = past_cache(case).map(|near| (near.probe, near.response));
    let passes = fresh.and_then(|(probe, _)| case.passes(probe));
    if passes == Some(false) {
        return None;
    }
    let has = fault
        .value("access-control-allow-origin")
        .map_or("no Access-Control-Allow-Origin".to_owned(), |value| format!("Access-Control-Allow-Origin: {}", quote(&value, 100)));
    let vary = fault.response.combined("vary").map_or("no Vary".to_owned(), |value| format!("Vary: {}", quote(&value, 80)));
    let proof = match copied(case) {
        _ if passes == Some(true) => " Asked with a fresh query, past the cache, the same URL does get the right headers.".to_owned(),
        Some(again) => format!(
            " A fresh query gets a copy as well ({again}): this cache does not look at the query, so what the server itself says stays \
             unseen until the cache is empty."
        ),
        None => String::new(),
    };
    let finding = fault
        .finding(
            case,
            "Access-Control-Allow-Origin",
            format!(
                "The answer comes from a cache ({sign}) and was made for another request: it has {has} and {vary}.{proof} Without Vary: \
                 Origin a cache gives one copy to everybody."
            ),
        )
        .cite(fault.probe, sign.clone())
        .confidence(if passes == Some(true) { Confidence::Confirmed } else { Confidence::Possible });
    let finding = match fresh {
        Some((probe, response)) => finding.cite(
            probe,
            format!("past the cache: Access-Control-Allow-Origin: {}", response.header("access-control-allow-origin").unwrap_or_default()),
        ),
        None => finding.want(step),
    };
    Some(
        finding
            .fix(server_fix(
                case,
                fault.probe,
                Fix::new(
                    "vary-origin",
                    "send Vary: Origin on every answer of this URL, then empty the cache",
                    "Also on answers to requests without Origin: those poison the cache.",
                )
                .snippet("http", "", "Vary: Origin"),
            ))
            .fix(Fix::new(
                "allow-everybody",
                "send Access-Control-Allow-Origin: * to everybody",
                "For public files without credentials that is the simplest: one copy fits all.",
            )),
    )
}

/// That the server itself, asked past the cache, answers no better.
pub(super) fn ruled_out(case: &Case<'_>) -> Option<(&'static str, String)> {
    cache_sign(case.reply()?)?;
    let fresh = past_cache(case).filter(|near| case.passes(near.probe) == Some(false))?;
    Some((RULE.code, format!("asked past the cache, the same URL does not pass either ({}: {})", fresh.probe.id, fresh.response.status)))
}
