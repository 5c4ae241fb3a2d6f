//! Chromium's words. Source: `third_party/blink/renderer/platform/loader/cors/cors_error_string.cc`, and observation.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Scene;
use crate::evidence::FailureKind;
use crate::verdict::reason::Reason;
use crate::verdict::{Stage, codes};

const SCHEMES: &str =
    "chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app";
const ADVICE: &str = "Have the server send the header with a valid value.";
const XHR: &str = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute.";

pub(super) fn text(scene: &Scene<'_>) -> Option<String> {
    let flight = &scene.walk.flight;
    if codes::of(&scene.walk.flight, scene.stage, scene.reason).is_none() {
        return outside_cors(scene);
    }
    let what = if scene.is_xhr() { "XMLHttpRequest" } else { "fetch" };
    let mut text = format!("Access to {what} at '{}' ", flight.url);
    if flight.hop > 0 {
        let _ = write!(text, "(redirected from '{}') ", flight.ask.url);
    }
    let _ = write!(text, "from origin '{}' has been blocked by CORS policy: ", scene.page());
    if scene.stage == Stage::Preflight && is_access_check(scene.reason) {
        text.push_str("Response to preflight request doesn't pass access control check: ");
    }
    reason(scene, &mut text);
    Some(text)
}

/// Whether the reason is told as one of the access check; the lists of methods and headers speak for themselves.
fn is_access_check(reason: &Reason<'_>) -> bool {
    !matches!(reason, Reason::MethodList(_) | Reason::HeaderList(_) | Reason::Method(_) | Reason::Header(_))
}

fn reason(scene: &Scene<'_>, text: &mut String) {
    let xhr = if scene.is_xhr() { XHR } else { "" };
    let _ = match scene.reason {
        Reason::OriginMissing => write!(text, "No 'Access-Control-Allow-Origin' header is present on the requested resource."),
        Reason::OriginWildcard => write!(
            text,
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's \
             credentials mode is 'include'.{xhr}"
        ),
        Reason::OriginMultiple(value) => write!(
            text,
            "The 'Access-Control-Allow-Origin' header contains multiple values '{}', but only one is allowed. {ADVICE}",
            escape(value)
        ),
        Reason::OriginInvalid(value) => {
            write!(text, "The 'Access-Control-Allow-Origin' header contains the invalid value '{}'. {ADVICE}", escape(value))
        }
        Reason::OriginMismatch(value) => write!(
            text,
            "The 'Access-Control-Allow-Origin' header has a value '{}' that is not equal to the supplied origin. {ADVICE}",
            escape(value)
        ),
        Reason::Credentials(value) => write!(
            text,
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '{}' which must be 'true' when the request's \
             credentials mode is 'include'.{xhr}",
            escape(value)
        ),
        Reason::PreflightRedirect(_) => write!(text, "Redirect is not allowed for a preflight request."),
        Reason::PreflightStatus(_) => write!(text, "It does not have HTTP ok status."),
        Reason::MethodList(_) => write!(text, "Cannot parse Access-Control-Allow-Methods response header field in preflight response."),
        Reason::HeaderList(_) => write!(text, "Cannot parse Access-Control-Allow-Headers response header field in preflight response."),
        Reason::Method(method) => write!(text, "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."),
        Reason::Header(name) => {
            write!(text, "Request header field {name} is not allowed by Access-Control-Allow-Headers in preflight response.")
        }
        Reason::RedirectScheme(_) => write!(text, "Cross origin requests are only supported for protocol schemes: {SCHEMES}."),
        Reason::RedirectUserInfo => {
            write!(text, "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.")
        }
        Reason::InsecureLocalNetwork(space) => write!(
            text,
            "The request client is not a secure context and the resource is in more-private address space `{}`.",
            space.as_str()
        ),
        _ => Ok(()),
    };
}

/// What is no CORS failure to Chromium: a network error, a thrown exception, mixed content.
fn outside_cors(scene: &Scene<'_>) -> Option<String> {
    let flight = &scene.walk.flight;
    let thrown = |what: String| Some(format!("Uncaught (in promise) TypeError: Failed to execute 'fetch' on 'Window': {what}"));
    let net = match scene.reason {
        Reason::ForbiddenMethod(method) => return thrown(format!("'{method}' HTTP method is unsupported.")),
        Reason::InvalidMethod(method) => return thrown(format!("'{method}' is not a valid HTTP method.")),
        Reason::InvalidHeader(_) => return thrown("Invalid name".into()),
        Reason::MixedContent => {
            return Some(format!(
                "Mixed Content: The page at '{}/' was loaded over HTTPS, but requested an insecure resource '{}'. This request has been \
                 blocked; the content must be served over HTTPS.",
                scene.page(),
                flight.url
            ));
        }
        Reason::Network(kind) => net_error(*kind)?,
        Reason::ProxyAuth => "ERR_UNEXPECTED_PROXY_AUTH",
        Reason::RedirectInvalid(_) => "ERR_INVALID_REDIRECT",
        Reason::RedirectAmbiguous => "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION",
        Reason::RedirectUnsafe => "ERR_UNSAFE_REDIRECT",
        Reason::RedirectLimit => "ERR_TOO_MANY_REDIRECTS",
        Reason::RedirectOwnUserInfo => "ERR_ABORTED",
        _ => "ERR_FAILED",
    };
    Some(format!("Failed to load resource: net::{net}"))
}

/// <https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h>.
fn net_error(kind: FailureKind) -> Option<&'static str> {
    Some(match kind {
        FailureKind::DnsNxdomain
        | FailureKind::DnsNoAddress
        | FailureKind::DnsServfail
        | FailureKind::DnsRefused
        | FailureKind::DnsTimeout
        | FailureKind::DnsMalformed => "ERR_NAME_NOT_RESOLVED",
        FailureKind::TcpRefused => "ERR_CONNECTION_REFUSED",
        FailureKind::TcpTimeout => "ERR_CONNECTION_TIMED_OUT",
        FailureKind::TcpReset => "ERR_CONNECTION_RESET",
        FailureKind::NetworkUnreachable => "ERR_ADDRESS_UNREACHABLE",
        FailureKind::TlsHostnameMismatch => "ERR_CERT_COMMON_NAME_INVALID",
        FailureKind::TlsExpired | FailureKind::TlsNotYetValid => "ERR_CERT_DATE_INVALID",
        FailureKind::TlsUntrustedCa => "ERR_CERT_AUTHORITY_INVALID",
        FailureKind::TlsHandshake => "ERR_SSL_PROTOCOL_ERROR",
        FailureKind::HttpTimeout => "ERR_TIMED_OUT",
        FailureKind::HttpMalformed => "ERR_INVALID_HTTP_RESPONSE",
        FailureKind::ConnectionClosed => "ERR_EMPTY_RESPONSE",
        FailureKind::Proxy => "ERR_PROXY_CONNECTION_FAILED",
        FailureKind::Local => return None,
    })
}

/// What is not printable ASCII is written as `\u` and four hexadecimal digits.
fn escape(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|c| (0x20..0x7f).contains(&c)) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            ' '..='~' => text.push(c),
            _ => {
                let _ = write!(text, "\\u{:04X}", c as u32);
            }
        }
    }
    Cow::Owned(text)
}
