//! Firefox's words. Source: `dom/locales/en-US/chrome/security/security.properties`, and observation.

use std::fmt::Write as _;

use super::Scene;
use crate::verdict::reason::Reason;
use crate::verdict::values::as_utf8;
use crate::verdict::{Stage, codes};
use crate::web::list;

pub(super) fn text(scene: &Scene<'_>) -> Option<String> {
    let url = scene.url();
    match scene.reason {
        Reason::MixedContent if scene.stage == Stage::Request => return Some(format!("Blocked loading mixed active content “{url}”")),
        Reason::ForbiddenMethod(method) => {
            return Some(format!("Uncaught (in promise) SecurityError: Window.fetch: Invalid method {method}."));
        }
        Reason::InvalidMethod(method) => {
            return Some(format!("Uncaught (in promise) TypeError: Window.fetch: {method} is not a valid HTTP method."));
        }
        _ => {}
    }
    codes::of(&scene.walk.flight, scene.stage, scene.reason)?;
    let (reason, with_status) = reason(scene);
    let quoted = if matches!(scene.reason, Reason::OriginWildcard) { format!("‘{url}’") } else { url.to_string() };
    let mut text = format!(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {quoted}. (Reason: {reason})."
    );
    if with_status {
        let status =
            scene.response.filter(|_| !is_network(scene)).map_or_else(|| "(null)".to_owned(), |response| response.status.to_string());
        let _ = write!(text, " Status code: {status}.");
    }
    Some(text)
}

fn is_network(scene: &Scene<'_>) -> bool {
    codes::of(&scene.walk.flight, scene.stage, scene.reason) == Some("CORSDidNotSucceed2")
}

fn reason(scene: &Scene<'_>) -> (String, bool) {
    let token = |value: &str| as_utf8(list::bad_item(value).unwrap_or(value)).into_owned();
    let plain = |text: &str| (text.to_owned(), false);
    match scene.reason {
        Reason::OriginMissing => ("CORS header ‘Access-Control-Allow-Origin’ missing".into(), true),
        Reason::OriginWildcard => plain("Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’"),
        Reason::OriginRepeated => plain("Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed"),
        Reason::OriginMultiple(value) | Reason::OriginInvalid(value) | Reason::OriginMismatch(value) => {
            (format!("CORS header ‘Access-Control-Allow-Origin’ does not match ‘{}’", as_utf8(value)), false)
        }
        Reason::Credentials(_) => plain("expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’"),
        Reason::PreflightRedirect(_)
            if codes::of(&scene.walk.flight, scene.stage, scene.reason) == Some("CORSExternalRedirectNotAllowed") =>
        {
            plain("CORS request external redirect not allowed")
        }
        Reason::PreflightStatus(_) | Reason::PreflightRedirect(_) => ("CORS preflight response did not succeed".into(), true),
        Reason::MethodList(value) => (format!("invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Methods’", token(value)), false),
        Reason::HeaderList(value) => (format!("invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Headers’", token(value)), false),
        Reason::Method(_) => plain("Did not find method in CORS header ‘Access-Control-Allow-Methods’"),
        Reason::Header(name) => (
            format!("header ‘{name}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response"),
            false,
        ),
        Reason::RedirectScheme(_) if !is_network(scene) => plain("CORS request not http"),
        _ => ("CORS request did not succeed".into(), true),
    }
}
