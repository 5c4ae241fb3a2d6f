//! Errors that Cloudflare makes for the origin behind it: 520 to 530.
//!
//! Source: Cloudflare, "Cloudflare 5xx errors".

use crate::evidence::Response;
use crate::web::header::starts_with;

/// What Cloudflare says of the origin in this answer; nothing for an answer of another kind.
pub(crate) fn meaning(response: &Response) -> Option<&'static str> {
    let cloudflare = response.header("server").is_some_and(|server| starts_with(server.trim_start(), "cloudflare"));
    Some(match response.status {
        _ if !cloudflare => return None,
        520 => "Cloudflare got an empty answer from the origin, or one that it cannot read.",
        521 => "Cloudflare could not reach the origin: it refuses connections. The server is down, or its firewall keeps Cloudflare out.",
        522 => {
            "Cloudflare could not reach the origin: the connection timed out. The server is overloaded, or its firewall keeps Cloudflare out."
        }
        523 => "Cloudflare could not reach the origin: no route leads to the address that it has.",
        524 => "Cloudflare reached the origin, but no answer came in time.",
        525 => "Cloudflare could not open TLS to the origin: the handshake failed.",
        526 => "Cloudflare could not open TLS to the origin: its certificate is not valid, by date, name or issuer.",
        527..=530 => "Cloudflare could not reach the origin; the number on its page, 1000 or above, says why.",
        _ => return None,
    })
}

/// Whether no connection to the origin came about, so that no request of any method can succeed.
pub(crate) fn is_unreachable(response: &Response) -> bool {
    !matches!(response.status, 520 | 524) && meaning(response).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cloudflare_speaks_of_its_origin() {
        let by = |server: &str, status| Response { status, headers: vec![("Server".into(), server.into())], ..Response::default() };
        assert!(meaning(&by("cloudflare", 526)).is_some_and(|text| text.contains("certificate")) && is_unreachable(&by("cloudflare", 526)));
        assert!(meaning(&by("cloudflare", 524)).is_some() && !is_unreachable(&by("cloudflare", 524)));
        assert_eq!(meaning(&by("cloudflare", 503)), None);
        assert_eq!(meaning(&by("nginx", 521)), None);
    }
}
