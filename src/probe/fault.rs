//! Turns the errors of the HTTP client and of what is below it into faults: one function, one closed set.

use std::error::Error as StdError;
use std::io;

use super::connect::TooSlow;
use super::marks::Seen;
use crate::evidence::{Failure, FailureKind};

/// How many causes of an error are looked at.
const MAX_DEPTH: usize = 16;

/// What is said of a header with more lines or bytes than are read.
const LARGE_HEAD: &str = "the header of the answer is larger than any client reads";

/// What is said of a connection that ended too early.
const CLOSED: &str = "the connection was closed before an answer came";

/// Whether the header had more lines or bytes than are read.
pub(crate) fn is_large_head(failure: &Failure) -> bool {
    failure.kind == FailureKind::HttpMalformed && failure.detail == LARGE_HEAD
}

/// Why a request had no answer. `proxied` says that a proxy stands between.
pub(crate) fn failure(error: &reqwest::Error, seen: &Seen, proxied: bool) -> Failure {
    if let Some(distrust) = &seen.distrust {
        return distrust.clone();
    }
    let fault = chain(error).find_map(|cause| read(cause, seen)).unwrap_or_else(|| {
        let text = chain(error).last().map(ToString::to_string).unwrap_or_default();
        let kind = if error.is_builder() { FailureKind::Local } else { FailureKind::ConnectionClosed };
        Failure { kind, detail: text }
    });
    // Before TLS with the target began, only the proxy can have failed.
    if proxied && seen.handshaking.is_none() && seen.connected.is_none() {
        return Failure { kind: FailureKind::Proxy, detail: format!("the proxy: {}", proxy_words(error, &fault)) };
    }
    fault
}

/// The time is over: which phase it was spent in.
pub(crate) fn too_slow(seen: &Seen) -> Failure {
    let (kind, detail) = if seen.connected.is_some() || seen.connecting.is_none() {
        (FailureKind::HttpTimeout, "connected, but no answer came in time")
    } else if seen.handshaking.is_some() {
        (FailureKind::TlsHandshake, "connected, but the TLS handshake was not finished in time")
    } else {
        (FailureKind::TcpTimeout, "no answer to the connect")
    };
    Failure { kind, detail: detail.into() }
}

fn proxy_words(error: &reqwest::Error, fault: &Failure) -> String {
    let tunnel = chain(error).map(ToString::to_string).find(|text| text.contains("tunnel") || text.contains("proxy auth"));
    tunnel.unwrap_or_else(|| fault.detail.clone())
}

/// An error and what is behind it. An `io::Error` hides the error it carries from `source`, so that one is looked into.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    fn next<'a>(error: &&'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        let error: &'a (dyn StdError + 'static) = *error;
        let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        carried.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source())
    }
    std::iter::successors(Some(error), next).take(MAX_DEPTH)
}

fn read(error: &(dyn StdError + 'static), seen: &Seen) -> Option<Failure> {
    if error.is::<TooSlow>() {
        return Some(too_slow(seen));
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(tls(error));
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return system(error, seen);
    }
    if let Some(error) = error.downcast_ref::<h2::Error>() {
        return error.get_io().map_or_else(|| Some(http2(error)), |io| system(io, seen));
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return http(error, seen);
    }
    None
}

/// TLS failures that are not about the certificate.
fn tls(error: &rustls::Error) -> Failure {
    use rustls::{InvalidMessage, PeerIncompatible};
    let detail = match error {
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            "what came back is not TLS; the server probably speaks plain HTTP on this port".into()
        }
        rustls::Error::AlertReceived(alert) => format!("the server refused the handshake with the alert {alert:?}"),
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => "the server speaks neither TLS 1.2 nor 1.3".into(),
        other => format!("the handshake failed: {other}"),
    };
    Failure { kind: FailureKind::TlsHandshake, detail }
}

/// What the operating system said.
fn system(error: &io::Error, seen: &Seen) -> Option<Failure> {
    let in_handshake = seen.handshaking.is_some() && seen.connected.is_none();
    let kind = match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::TcpRefused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => FailureKind::TcpReset,
        io::ErrorKind::TimedOut => return Some(too_slow(seen)),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::NotConnected
            if seen.connected.is_none() =>
        {
            FailureKind::NetworkUnreachable
        }
        io::ErrorKind::UnexpectedEof if in_handshake => {
            let detail = "the server closed the connection during the TLS handshake".into();
            return Some(Failure { kind: FailureKind::TlsHandshake, detail });
        }
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => FailureKind::ConnectionClosed,
        // Too many open files and the like.
        _ if error.raw_os_error().is_some() && seen.connected.is_none() => FailureKind::Local,
        _ => return None,
    };
    Some(Failure { kind, detail: words(error) })
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused: nothing listens there".into(),
        io::ErrorKind::ConnectionReset => "connection reset by the other side".into(),
        // The TLS library's own words are for programmers.
        io::ErrorKind::UnexpectedEof => CLOSED.into(),
        _ => error.to_string(),
    }
}

/// What is wrong with the HTTP. Errors with a cause of their own are left to that cause.
fn http(error: &hyper::Error, seen: &Seen) -> Option<Failure> {
    let (kind, detail) = if error.is_parse_too_large() {
        (FailureKind::HttpMalformed, LARGE_HEAD.to_owned())
    } else if error.is_parse() {
        (FailureKind::HttpMalformed, format!("the answer is not HTTP: {error}"))
    } else if error.is_timeout() {
        return Some(too_slow(seen));
    } else if error.is_incomplete_message() || (error.source().is_none() && (error.is_closed() || error.is_canceled())) {
        (FailureKind::ConnectionClosed, CLOSED.to_owned())
    } else {
        return None;
    };
    Some(Failure { kind, detail })
}

/// HTTP/2 tells who gave up.
fn http2(error: &h2::Error) -> Failure {
    let kind = if error.is_remote() { FailureKind::ConnectionClosed } else { FailureKind::HttpMalformed };
    Failure { kind, detail: format!("HTTP/2: {error}") }
}
