//! `WebKit`'s words. Source: `Source/WebCore/loader/CrossOriginAccessControl.cpp`, and observation.

use super::Scene;
use crate::evidence::FailureKind;
use crate::verdict::Stage;
use crate::verdict::preflight::refused_names;
use crate::verdict::reason::Reason;
use crate::verdict::redirect::{self, Location};

/// Header names that `WebKit` knows: it keeps them before all others, and in this spelling.
const KNOWN: [&str; 18] = [
    "Accept",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Type",
    "ETag",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Pragma",
    "Range",
    "User-Agent",
];

pub(super) fn text(scene: &Scene<'_>) -> Option<String> {
    if matches!(scene.reason, Reason::RedirectEmpty | Reason::ForbiddenMethod(_) | Reason::InvalidMethod(_) | Reason::InvalidHeader(_)) {
        return None;
    }
    let flight = &scene.walk.flight;
    let api = if scene.is_xhr() { "XMLHttpRequest" } else { "Fetch API" };
    let ending = format!("{api} cannot load {} due to access control checks.", flight.url);
    Some(match first_line(scene) {
        Some(line) => format!("{line}\n{ending}"),
        None => ending,
    })
}

/// The line that tells the reason; a redirect that fails the CORS check is refused without one.
fn first_line(scene: &Scene<'_>) -> Option<String> {
    let location = scene.response.map(|response| redirect::location(scene.walk.flight.profile, response));
    match (location, scene.stage) {
        (Some(Location::To(to)), Stage::Actual) => {
            let target = redirect::resolve(scene.url(), to).ok();
            let scheme = target.as_ref().map(url::Url::scheme);
            let why = match scene.reason {
                _ if scheme == Some("ftp") => return Some("FTP URLs are disabled".into()),
                Reason::RedirectLimit => return Some("Load cannot follow more than 20 redirections".into()),
                Reason::RedirectInvalid(_) | Reason::RedirectUnsafe | Reason::RedirectScheme(_) => {
                    "not allowed to follow a cross-origin CORS redirection with non CORS scheme".to_owned()
                }
                _ => reason(scene).filter(|_| !matches!(scheme, Some("http" | "https")))?,
            };
            Some(format!("Cross-origin redirection to {to} denied by Cross-Origin Resource Sharing policy: {why}"))
        }
        _ => reason(scene),
    }
}

fn reason(scene: &Scene<'_>) -> Option<String> {
    let flight = &scene.walk.flight;
    let status = scene.response.map(|response| response.status).unwrap_or_default();
    let origin = if scene.stage == Stage::Preflight { flight.preflight_origin() } else { flight.origin() };
    Some(match scene.reason {
        Reason::OriginWildcard => "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.".into(),
        Reason::OriginMultiple(value) if value.contains(',') => "Access-Control-Allow-Origin cannot contain more than one origin.".into(),
        Reason::OriginMissing | Reason::OriginMultiple(_) | Reason::OriginInvalid(_) | Reason::OriginMismatch(_) => {
            format!("Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}")
        }
        Reason::Credentials(_) => "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".".into(),
        Reason::PreflightStatus(_) | Reason::PreflightRedirect(_) => format!("Preflight response is not successful. Status code: {status}"),
        Reason::MethodList(value) => format!("Header Access-Control-Allow-Methods has an invalid value: {value}"),
        Reason::HeaderList(value) => format!("Header Access-Control-Allow-Headers has an invalid value: {value}"),
        Reason::Method(method) => format!("Method {method} is not allowed by Access-Control-Allow-Methods."),
        Reason::Header(name) => {
            format!("Request header field {} is not allowed by Access-Control-Allow-Headers.", blamed(scene).as_deref().unwrap_or(name))
        }
        Reason::MixedContent => {
            format!(
                "[blocked] The page at {}/ requested insecure content from {}. This content was blocked and must be served over HTTPS.\n",
                scene.page(),
                flight.url
            )
        }
        Reason::Network(FailureKind::TcpRefused) => {
            format!("Could not connect to {}: Connection refused", flight.url.host_str().unwrap_or_default())
        }
        Reason::Network(FailureKind::ConnectionClosed) => "Connection terminated unexpectedly".into(),
        _ => return None,
    })
}

/// The first refused header in the order in which `WebKit` keeps them.
fn blamed(scene: &Scene<'_>) -> Option<String> {
    let flight = &scene.walk.flight;
    let names = flight.unsafe_names();
    let asked = flight.asked(&names);
    let refused: Vec<&str> = refused_names(flight.profile, &asked, scene.response?).map(AsRef::as_ref).collect();
    let given = || flight.headers().map(|(name, _)| name.as_str()).filter(|name| refused.iter().any(|r| r.eq_ignore_ascii_case(name)));
    let known = |name: &str| KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    given().find_map(known).or_else(|| given().next()).map(str::to_owned)
}
