//! The checks of the answer that decided, each with both operands and its place in the standard: all of them, not only the first that failed.

use std::borrow::Cow;

use super::cors_check::{ALLOW_CREDENTIALS, ALLOW_ORIGIN, allow_credentials, allow_origin};
use super::expose::{self, EXPOSE_HEADERS};
use super::preflight::{self, ALLOW_HEADERS, ALLOW_METHODS};
use super::profile::Test;
use super::reason::Reason;
use super::redirect::{self, Location};
use super::values::combined;
use super::walk::{End, Walk};
use super::{Check, Stage};
use crate::evidence::{Probe, Purpose, Response};
use crate::web::header;

const CORS_CHECK: &str = "https://fetch.spec.whatwg.org/#cors-check";
const PREFLIGHT: &str = "https://fetch.spec.whatwg.org/#cors-preflight-fetch";
const REDIRECT: &str = "https://fetch.spec.whatwg.org/#http-redirect-fetch";
const ABSENT: &str = "(no such header)";

/// The checks that the end of a walk rests on.
pub(super) fn of(walk: &Walk<'_>, probes: &[Probe]) -> Vec<Check> {
    let mut checks = Vec::new();
    before_sending(walk, &mut checks);
    let Some(probe) = walk.last.and_then(|index| probes.get(index)) else { return checks };
    let Some(response) = &probe.response else { return checks };
    match probe.purpose {
        Purpose::Preflight => preflight_checks(walk, response, &mut checks),
        _ => actual_checks(walk, response, &mut checks),
    }
    // Chromium refuses differing lines whatever the status, so no check of a redirect need have failed before.
    if matches!(walk.end, End::Blocked(_, Reason::RedirectAmbiguous)) && checks.iter().all(|check| check.passed) {
        let found = response.lines("location").collect::<Vec<_>>().join(" | ");
        checks.push(check("single-location", false, "one Location", found, REDIRECT));
    }
    checks
}

fn check(name: &'static str, passed: bool, expected: impl Into<Cow<'static, str>>, found: impl Into<String>, spec: &'static str) -> Check {
    Check { name: name.into(), passed, expected: expected.into(), found: found.into(), spec: spec.into() }
}

fn before_sending(walk: &Walk<'_>, checks: &mut Vec<Check>) {
    let flight = &walk.flight;
    let ask = flight.ask;
    if let End::Blocked(_, Reason::ForbiddenMethod(method) | Reason::InvalidMethod(method)) = walk.end {
        checks.push(check(
            "forbidden-method",
            false,
            "a method that scripts may use",
            method,
            "https://fetch.spec.whatwg.org/#forbidden-method",
        ));
    }
    if let End::Blocked(_, Reason::InvalidHeader(name)) = walk.end {
        checks.push(check(
            "valid-header",
            false,
            "a header name and a value of bytes",
            name,
            "https://fetch.spec.whatwg.org/#headers-validate",
        ));
    }
    if let End::Blocked(_, Reason::ProxyAuth) = walk.end {
        let spec = "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch";
        checks.push(check("proxy-authentication", false, "no demand of a proxy", "407", spec));
    }
    let dropped = ask.headers.iter().filter(|(name, value)| header::is_forbidden(name, value.as_deref().unwrap_or_default()));
    for (name, _) in dropped {
        let spec = "https://fetch.spec.whatwg.org/#forbidden-request-header";
        checks.push(check("forbidden-header", false, "headers that scripts may set; any other is dropped", name, spec));
    }
    if ask.origin.scheme() == Some("https") && flight.url.scheme() == "http" {
        let spec = "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch";
        checks.push(check("mixed-content", !flight.is_mixed_content(), "https, as the page", flight.url.as_str(), spec));
    }
    if let End::Blocked(_, Reason::InsecureLocalNetwork(space)) = walk.end {
        let spec = "https://wicg.github.io/local-network-access/#integration-with-fetch";
        checks.push(check("local-network-access", false, "a secure page, or a public target", space.as_str(), spec));
    }
}

fn preflight_checks(walk: &Walk<'_>, response: &Response, checks: &mut Vec<Check>) {
    let flight = &walk.flight;
    let profile = flight.profile;
    let names = flight.unsafe_names();
    let asked = flight.asked(&names);
    let ran = |test| preflight::run(test, profile, &asked, response).is_ok();
    let value = |name| combined(profile, response, name).map_or_else(|| ABSENT.into(), Cow::into_owned);
    if let Some(location) = response.is_redirect().then(|| response.header("location")).flatten() {
        checks.push(check(
            "preflight-redirect",
            ran(Test::Redirect),
            "no redirect",
            format!("{} to {location}", response.status),
            PREFLIGHT,
        ));
    }
    origin_checks(walk, asked.origin, response, checks);
    checks.push(check("preflight-status", response.is_ok(), "200-299", response.status.to_string(), PREFLIGHT));
    checks.push(check(
        "allow-methods",
        ran(Test::MethodList) && ran(Test::Method),
        flight.method.to_owned(),
        value(ALLOW_METHODS),
        PREFLIGHT,
    ));
    if !names.is_empty() || !ran(Test::HeaderList) {
        checks.push(check("allow-headers", ran(Test::HeaderList) && ran(Test::Headers), names.join(", "), value(ALLOW_HEADERS), PREFLIGHT));
    }
}

fn actual_checks(walk: &Walk<'_>, response: &Response, checks: &mut Vec<Check>) {
    let flight = &walk.flight;
    if flight.cross_origin {
        origin_checks(walk, flight.origin(), response, checks);
    }
    if redirect::location(flight.profile, response) != Location::None || redirect::is_ambiguous(flight.profile, response) {
        let target = combined(flight.profile, response, "location").unwrap_or_default();
        let passed = !matches!(&walk.end, End::Blocked(Stage::Actual, reason) if is_of_redirect(reason));
        checks.push(check("redirect-target", passed, "an http or https URL without user name, at most 20 times", target, REDIRECT));
    }
    if let End::Readable(response) = walk.end
        && flight.cross_origin
        && !flight.ask.expose.is_empty()
    {
        let passed = expose::hidden(flight.profile, flight.ask, response).next().is_none();
        let found = combined(flight.profile, response, EXPOSE_HEADERS).map_or_else(|| ABSENT.into(), Cow::into_owned);
        let spec = "https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name";
        checks.push(check("expose-headers", passed, flight.ask.expose.join(", "), found, spec));
    }
}

fn origin_checks(walk: &Walk<'_>, origin: &str, response: &Response, checks: &mut Vec<Check>) {
    let profile = walk.flight.profile;
    let with_credentials = walk.flight.ask.with_credentials();
    let value = |name| combined(profile, response, name).map_or_else(|| ABSENT.into(), Cow::into_owned);
    let expected = if with_credentials { origin.to_owned() } else { format!("{origin} or *") };
    let passed = allow_origin(profile, response, origin, with_credentials).is_ok();
    checks.push(check("allow-origin", passed, expected, value(ALLOW_ORIGIN), CORS_CHECK));
    if with_credentials {
        let passed = allow_credentials(profile, response).is_ok();
        checks.push(check("allow-credentials", passed, "true", value(ALLOW_CREDENTIALS), CORS_CHECK));
    }
}

fn is_of_redirect(reason: &Reason<'_>) -> bool {
    matches!(
        reason,
        Reason::RedirectMode
            | Reason::RedirectInvalid(_)
            | Reason::RedirectAmbiguous
            | Reason::RedirectUnsafe
            | Reason::RedirectEmpty
            | Reason::RedirectScheme(_)
            | Reason::RedirectUserInfo
            | Reason::RedirectOwnUserInfo
            | Reason::RedirectLimit
    )
}
