//! The request itself is redirected, and the redirect or its target fails.

use url::Url;

use super::fault::server_fix;
use super::moved::{Moved, is_login, over_https, proven_at, shown};
use super::words;
use crate::ask::Redirect;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{Probe, Purpose};
use crate::verdict::Stage;
use crate::web::Origin;

cause! {
    /// # What happened
    /// The server answered the request with a redirect. Every hop has to pass the CORS check: the redirect itself, and the target's own
    /// answer. After a redirect from one foreign origin to another the browser sends `Origin: null`, which a target that lists origins
    /// does not know.
    /// # Why the browser hides it
    /// The page learns neither that there was a redirect nor where it led. curl follows it and knows no CORS.
    /// # How to tell
    /// Look at the answer's status and Location, hop by hop, and at what each hop allows.
    /// # Fix
    /// Ask for the target directly. Where the target changes (a presigned URL), let the API return it as JSON and fetch it in a second
    /// request: then the origin is the page's own. Else the target has to allow `*` (without credentials).
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-redirect-fetch>
    /// - The origin after redirects: <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
    "actual-redirect-cross-origin": "the request is redirected, and a hop fails the CORS check", Cause, Protocol, Server,
    supersedes: [
        "allow-origin-mismatch",
        "multiple-allow-origin",
        "invalid-allow-origin",
        "wildcard-with-credentials",
        "missing-allow-credentials",
        "invalid-allow-credentials",
        "method-not-allowed",
        "header-not-allowed",
        "sdk-added-header",
        "cached-without-cors",
        "actual-error-without-cors",
    ]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    match Moved::of(case).filter(|moved| !moved.preflight) {
        Some(moved) => Some(at_redirect(case, &moved)),
        None => at_target(case),
    }
}

/// The redirect itself fails.
fn at_redirect(case: &Case<'_>, moved: &Moved<'_>) -> Finding {
    let (from, to) = (shown(&moved.from), shown(&moved.to));
    let loops = moved.from == moved.to;
    let downgraded = case.is_mixed_content(&moved.to);
    let why = if case.ask.redirect == Redirect::Error {
        "The page asked for no redirects (redirect: \"error\"), so any redirect is a failure."
    } else if downgraded {
        "The page came over https and the target is plain http: mixed content, which a browser never asks for, whatever its CORS headers."
    } else if loops {
        "That is the same URL again: a loop, which a browser leaves after twenty redirects."
    } else if case.check_failed("redirect-target") {
        "Browsers do not go there: the target has to be an http or https URL without a user name, and there may be twenty \
         redirects at most."
    } else {
        "The redirect itself does not carry the CORS headers that let this page follow it."
    };
    let finding =
        Finding::new(format!("{from} answers {} with a redirect to {to}. {why}{}", moved.response.status, login(&moved.from, &moved.to)))
            .layer(case.answerer_of(moved.probe).layer)
            .cite(moved.probe, moved.line())
            .confidence(Confidence::Confirmed);
    match () {
        () if loops => finding.fix(Fix::new(
            "end-the-loop",
            "mend the rule that redirects to the same URL",
            "Behind a proxy that ends TLS, an application that sends http to https by the scheme it sees itself redirects for ever: let it \
             trust X-Forwarded-Proto. Cloudflare's mode Flexible does the same; Full (strict) does not.",
        )),
        () if downgraded => finding.fix(over_https(case, &moved.to)),
        () => fixes(case, finding, &moved.to),
    }
}

/// The redirect was followed, and its target fails.
fn at_target(case: &Case<'_>) -> Option<Finding> {
    if !matches!(case.verdict.stage, Stage::Preflight | Stage::Actual) {
        return None;
    }
    let probe = case.deciding().filter(|probe| probe.hop > 0)?;
    let response = probe.response.as_ref()?;
    let before = case.browser_probes().filter(|p| p.purpose == Purpose::Actual && p.hop < probe.hop).last()?;
    let (from, to) = (case.url_of(before), case.url_of(probe));
    if Origin::of(from) == Origin::of(to) {
        return None;
    }
    let status = before.response.as_ref().map_or(0, |response| response.status);
    let what = if probe.purpose == Purpose::Preflight { "the preflight there" } else { "the request there" };
    let said = words::of(response).filter(|_| response.status >= 400).map(|words| format!(" (\"{words}\")")).unwrap_or_default();
    let allowed = response
        .combined("access-control-allow-origin")
        .map_or("no Access-Control-Allow-Origin".to_owned(), |value| format!("Access-Control-Allow-Origin: {}", super::quote(&value, 80)));
    let sent = case.origin_of(probe);
    let direct = case.answer(&case.proof_step(|ask| ask.url = to.clone()));
    let as_page = if sent.is_null() { direct.and_then(|probe| case.passes(probe)) } else { Some(false) };
    let null = match as_page {
        _ if !sent.is_null() => "",
        Some(true) => {
            " After two foreign origins the browser sends Origin: null, which this target does not know; asked directly, with the page's \
             own origin, it answers as it should."
        }
        Some(false) => {
            " After two foreign origins the browser sends Origin: null; asked directly, with the page's own origin, this target refuses \
             as well, so there is a change to make at the target."
        }
        None => " After two foreign origins the browser sends Origin: null, so a target that lists the page's origin does not know it.",
    };
    let finding = Finding::new(format!(
        "{} redirects ({status}) to {}, and {what} is answered {}{said} with {allowed}, where Origin: {sent} needs to be allowed.{null}{}",
        shown(from),
        shown(to),
        response.status,
        login(from, to)
    ))
    .layer(case.answerer_of(probe).layer)
    .cite(before, format!("{status} → Location: {}", shown(to)))
    .cite(probe, format!("{} with Origin: {sent} → {}, {allowed}", method(probe), response.status))
    .confidence(Confidence::Confirmed);
    let finding = match direct.filter(|_| sent.is_null()) {
        Some(direct) if as_page.is_some() => finding.cite(direct, as_page_line(direct, as_page == Some(true))),
        _ => finding,
    };
    let finding = if as_page == Some(false) && !is_login(&case.ask.url, to) { finding.fix(allow_at_target(case, probe)) } else { finding };
    Some(fixes(case, finding, to))
}

fn as_page_line(direct: &Probe, passes: bool) -> String {
    format!("{} with the page's own origin {}", method(direct), if passes { "passes" } else { "does not pass either" })
}

/// The target refuses the page's own origin, too.
fn allow_at_target(case: &Case<'_>, probe: &Probe) -> Fix {
    const DETAIL: &str = "Where a redirect brings a request from another origin, the browser may say Origin: null: then only * will do, \
        without credentials. A page that asks the target directly says its own origin.";
    server_fix(case, probe, Fix::new("allow-at-target", format!("let {} answer with CORS headers", case.authority_of(probe)), DETAIL))
}

fn fixes(case: &Case<'_>, finding: Finding, to: &Url) -> Finding {
    if is_login(&case.ask.url, to) {
        return finding.or_else("login-redirect", "signing in again makes the redirect go away").fix(Fix::new(
            "sign-in-again",
            "sign in again, and let the gate answer scripts with 401 instead of a redirect",
            "A script cannot follow a login; the page has to send the user there.",
        ));
    }
    let direct = Fix::new(
        "return-link-instead-of-redirect",
        "return the link and let the page fetch it itself",
        "The API answers 200 with the URL as JSON; the page's second request then carries the page's own origin.",
    )
    .snippet("javascript", "in the page", "const { url } = await (await fetch(\"/files/42\")).json();\nconst file = await fetch(url);");
    let target = Fix::new("use-the-target", "ask for the redirect's target in the first place", shown(to));
    finding.fix(proven_at(case, direct, to)).fix(proven_at(case, target, to))
}

fn login(from: &Url, to: &Url) -> &'static str {
    if is_login(from, to) { " That is a login page: the session is over, or never went along with this request." } else { "" }
}

fn method(probe: &Probe) -> &str {
    if probe.request.method.is_empty() { "the request" } else { &probe.request.method }
}
