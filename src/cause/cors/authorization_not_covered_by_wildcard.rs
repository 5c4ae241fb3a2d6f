//! `*` in Allow-Headers does not cover Authorization, by the letter of the standard.

use crate::cause::{Case, Finding, Severity};
use crate::evidence::Purpose;
use crate::verdict::Outcome;
use crate::web::list;

use super::fault::server_fix;
use crate::cause::Fix;

cause! {
    /// # What happened
    /// The page sends Authorization, and the answer allows the headers `*`. By the standard the wildcard does not cover Authorization: it
    /// has to be named. All three engines let it pass today; Firefox warns that it will not stay so.
    /// # Why the browser hides it
    /// Nothing fails yet. Firefox prints a deprecation warning in the console.
    /// # How to tell
    /// `authorization` is among the headers asked for, and is not named beside the `*`.
    /// # Fix
    /// Name it: `Access-Control-Allow-Headers: *, Authorization`.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
    /// - MDN: <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Allow-Headers>
    "authorization-not-covered-by-wildcard": "by the standard, the wildcard for headers does not cover Authorization", Note, Protocol,
    Server, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.verdict.preflight != Outcome::Passed || case.ask.with_credentials() {
        return None;
    }
    let probe = case.browser_probes().find(|probe| probe.purpose == Purpose::Preflight && probe.hop == 0)?;
    let response = probe.response.as_ref()?;
    let value = response.combined("access-control-allow-headers")?;
    let named = list::items(&value).any(|item| item.eq_ignore_ascii_case("authorization"));
    let star = list::items(&value).any(|item| item == "*");
    if named || !star || !case.asked_headers().iter().any(|name| name == "authorization") {
        return None;
    }
    Some(
        Finding::new(
            "The page sends Authorization, and the answer allows it by * alone. Browsers still let that pass (Firefox with a warning), \
             but the standard wants Authorization to be named, so it may break any day.",
        )
        .cite(probe, format!("Access-Control-Allow-Headers: {}", super::quote(&value, 120)))
        .severity(Severity::Warning)
        .fix(server_fix(
            case,
            probe,
            Fix::new("list-authorization", "name it: Access-Control-Allow-Headers: *, Authorization", ""),
        )),
    )
}
