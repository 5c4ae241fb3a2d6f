//! The name that an engine has for a reason.

use super::flight::Flight;
use super::reason::Reason;
use super::{Engine, Stage};

/// Chromium's `CorsError`, Firefox's console category; nothing for failures that are not CORS to the engine.
pub(super) fn of(flight: &Flight<'_>, stage: Stage, reason: &Reason<'_>) -> Option<&'static str> {
    match flight.profile.engine {
        Engine::Chromium => chromium(stage == Stage::Preflight, reason),
        Engine::Firefox => firefox(flight, stage, reason),
        Engine::Webkit => None,
    }
}

/// <https://source.chromium.org/chromium/chromium/src/+/main:services/network/public/mojom/cors.mojom>.
fn chromium(preflight: bool, reason: &Reason<'_>) -> Option<&'static str> {
    let either = |of_preflight, of_actual| Some(if preflight { of_preflight } else { of_actual });
    match reason {
        Reason::OriginMissing => either("PreflightMissingAllowOriginHeader", "MissingAllowOriginHeader"),
        Reason::OriginWildcard => either("PreflightWildcardOriginNotAllowed", "WildcardOriginNotAllowed"),
        Reason::OriginMultiple(_) => either("PreflightMultipleAllowOriginValues", "MultipleAllowOriginValues"),
        Reason::OriginInvalid(_) => either("PreflightInvalidAllowOriginValue", "InvalidAllowOriginValue"),
        Reason::OriginMismatch(_) => either("PreflightAllowOriginMismatch", "AllowOriginMismatch"),
        Reason::Credentials(_) => either("PreflightInvalidAllowCredentials", "InvalidAllowCredentials"),
        Reason::PreflightRedirect(_) => Some("PreflightDisallowedRedirect"),
        Reason::PreflightStatus(_) => Some("PreflightInvalidStatus"),
        Reason::MethodList(_) => Some("InvalidAllowMethodsPreflightResponse"),
        Reason::HeaderList(_) => Some("InvalidAllowHeadersPreflightResponse"),
        Reason::Method(_) => Some("MethodDisallowedByPreflightResponse"),
        Reason::Header(_) => Some("HeaderDisallowedByPreflightResponse"),
        Reason::RedirectScheme(_) => Some("CorsDisabledScheme"),
        Reason::RedirectUserInfo => Some("RedirectContainsCredentials"),
        Reason::InsecureLocalNetwork(_) => Some("InsecureLocalNetwork"),
        _ => None,
    }
}

/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors>.
fn firefox(flight: &Flight<'_>, stage: Stage, reason: &Reason<'_>) -> Option<&'static str> {
    Some(match reason {
        Reason::OriginMissing => "CORSMissingAllowOrigin2",
        Reason::OriginWildcard => "CORSNotSupportingCredentials",
        Reason::OriginMultiple(_) | Reason::OriginInvalid(_) | Reason::OriginMismatch(_) => "CORSAllowOriginNotMatchingOrigin",
        Reason::OriginRepeated => "CORSMultipleAllowOriginNotAllowed",
        Reason::Credentials(_) => "CORSMissingAllowCredentials",
        Reason::PreflightRedirect(_) => "CORSExternalRedirectNotAllowed",
        Reason::PreflightStatus(_) => "CORSPreflightDidNotSucceed3",
        Reason::MethodList(_) => "CORSInvalidAllowMethod",
        Reason::HeaderList(_) => "CORSInvalidAllowHeader",
        Reason::Method(_) => "CORSMethodNotFound",
        Reason::Header(_) => "CORSMissingAllowHeaderFromPreflight2",
        Reason::RedirectScheme(_) if flight.method != "GET" => "CORSRequestNotHttp",
        Reason::RedirectUserInfo => "CORSDidNotSucceed2",
        Reason::ForbiddenMethod(_) | Reason::InvalidMethod(_) | Reason::InvalidHeader(_) | Reason::RedirectMode => return None,
        Reason::MixedContent if stage == Stage::Request => return None,
        // A failure within the page's own origin is no matter of CORS.
        _ if !flight.cross_origin => return None,
        _ => "CORSDidNotSucceed2",
    })
}
