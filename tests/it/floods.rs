//! HTTP/2 servers that flood, reset and cheat: every probe ends within its time, and says what it saw.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use whycors::evidence::{FailureKind as Kind, Probe};
use whycors::probe::Options;

use crate::servers::{Server, soon};
use crate::tls::{Leaf, authority, dress, leaf, trusting, visit};

const SETTINGS: u8 = 4;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// `:status: 200` of the static table.
const OK: &[u8] = &[0x88];
/// `:status: 103`, a literal that is not indexed.
const EARLY_HINTS: &[u8] = &[0x08, 3, b'1', b'0', b'3'];

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Enough for a handshake on a busy machine, and short where only the time limit ends a probe.
const SHORT: Duration = Duration::from_secs(2);

/// A probe of a server that sends `once` after the request, then `again` without end; with a time limit that counts, if given.
async fn flooded(once: Vec<u8>, again: Vec<u8>, limit: Option<Duration>) -> Probe {
    let authority = authority();
    let (config, _) = dress(&Leaf { http2: true, ..leaf("api.example.com") }, &authority);
    let (acceptor, once, again) = (TlsAcceptor::from(Arc::new(config)), Arc::new(once), Arc::new(again.repeat(200)));
    let server = Server::start(move |stream| {
        let (acceptor, once, again) = (acceptor.clone(), Arc::clone(&once), Arc::clone(&again));
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let (mut from, mut to) = tokio::io::split(stream);
            let _ = to.write_all(&frame(SETTINGS, 0, 0, &[])).await;
            let mut buffer = [0; 4096];
            let mut seen = 0;
            // The preface, the settings and the request.
            while seen < 120 {
                match from.read(&mut buffer).await {
                    Ok(n) if n > 0 => seen += n,
                    _ => return,
                }
            }
            // Reads along: whoever does not is held up by the window of TCP alone.
            let reading = tokio::spawn(async move { while from.read(&mut buffer).await.is_ok_and(|n| n > 0) {} });
            let _ = to.write_all(&once).await;
            while !again.is_empty() && to.write_all(&again).await.is_ok() && to.flush().await.is_ok() {}
            let _ = reading.await;
        }
    })
    .await;
    let options = trusting(authority.der().clone());
    let timeout = limit.unwrap_or(options.timeout);
    soon(visit(&server, Options { timeout, ..options })).await
}

#[tokio::test]
async fn http2_floods_before_an_answer() {
    let continued = frame(HEADERS, 0, 1, OK);
    for (name, once, again, kind) in [
        ("settings", vec![], frame(SETTINGS, 0, 0, &[]), Kind::HttpTimeout),
        ("settings that change", vec![], frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]), Kind::HttpTimeout),
        ("pings", vec![], frame(PING, 0, 0, &[0; 8]), Kind::HttpTimeout),
        ("resets of the request", vec![], frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]), Kind::ConnectionClosed),
        ("resets of streams never opened", vec![], frame(RST_STREAM, 0, 2, &[0, 0, 0, 8]), Kind::HttpMalformed),
        ("continuations", continued.clone(), frame(CONTINUATION, 0, 1, &[]), Kind::HttpMalformed),
        ("continuations with fields", continued, frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b"), Kind::HttpMalformed),
        ("interim answers", vec![], frame(HEADERS, END_HEADERS, 1, EARLY_HINTS), Kind::HttpTimeout),
        ("frames of an unknown kind", vec![], frame(0xfa, 0, 0, &[0; 1000]), Kind::HttpTimeout),
        ("windows that overflow", vec![], frame(WINDOW_UPDATE, 0, 0, &[0x7f, 255, 255, 255]), Kind::HttpMalformed),
        ("a frame larger than agreed", frame(DATA, 0, 1, &vec![0; 100_000]), vec![], Kind::HttpMalformed),
        ("silence", vec![], vec![], Kind::HttpTimeout),
    ] {
        let seen = flooded(once, again, (kind == Kind::HttpTimeout).then_some(SHORT)).await;
        let failure = seen.failure.unwrap_or_else(|| panic!("{name}: {:?}", seen.response));
        assert_eq!(failure.kind, kind, "{name}: {}", failure.detail);
    }
}

#[tokio::test]
async fn http2_bodies_without_end() {
    let head = frame(HEADERS, END_HEADERS, 1, OK);
    for (name, again, limit) in [("data", frame(DATA, 0, 1, &[b'a'; 4096]), None), ("empty data", frame(DATA, 0, 1, &[]), Some(SHORT))] {
        let response = flooded(head.clone(), again, limit).await.response.unwrap();
        assert!(response.status == 200 && response.body_truncated && response.body.len() <= 64 * 1024, "{name}: {response:?}");
    }
}

/// One long field put into the table of the connection, then named again and again by a byte each.
#[tokio::test]
async fn http2_headers_that_grow_when_decoded() {
    let mut block = OK.to_vec();
    block.extend(b"\x40\x01a\x7f\xa1\x1e");
    block.extend([b'x'; 4000]);
    block.extend([0xbe; 10_000]);
    let seen = flooded(frame(HEADERS, END_HEADERS, 1, &block), vec![], None).await;
    assert!(seen.response.is_none(), "{} fields", seen.response.map_or(0, |r| r.headers.len()));
    assert!(matches!(seen.failure.as_ref().unwrap().kind, Kind::HttpMalformed | Kind::ConnectionClosed), "{:?}", seen.failure);
}
