//! Servers that mean harm: every probe ends within its time, keeps a bounded record, and says truthfully what it saw.

use std::io::Write as _;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use whycors::evidence::{FailureKind as Kind, Probe};
use whycors::probe::{Options, Wiring};

use crate::servers::{Server, hurried, kind, patient, probe, read_request, reset, soon, step};

const BODY_LIMIT: usize = 64 * 1024;

/// Probes what is ended by a bound on size or by the server, and checks what holds for every answer.
async fn bounded(url: &str) -> Probe {
    probed(url, patient()).await
}

/// Probes what only the time limit ends.
async fn cut_off(url: &str) -> Probe {
    probed(url, hurried()).await
}

async fn probed(url: &str, options: Options) -> Probe {
    let seen = soon(probe(url, options)).await;
    assert!(seen.response.is_some() != seen.failure.is_some(), "{seen:?}");
    let size: usize = seen.response.iter().map(|r| r.body.len() + r.headers.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>()).sum();
    assert!(size < BODY_LIMIT * 2 + 1_000_000, "kept {size} bytes");
    serde_json::to_string(&seen).unwrap();
    seen
}

/// Sends a head, then the same bytes again and again.
async fn endless(head: &'static str, again: &'static [u8], pause: Duration) -> Server {
    Server::start(move |mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(head.as_bytes()).await;
        while stream.write_all(again).await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    })
    .await
}

static A_LOT: &[u8] = &[b'a'; 65536];

#[tokio::test]
async fn headers_without_end() {
    let filler: &[u8] = Box::leak("X-Filler: aaaaaaaaaaaaaaaaaaaaa\r\n".repeat(2000).into_bytes().into_boxed_slice());
    let lines = endless("HTTP/1.1 200 OK\r\n", filler, Duration::ZERO).await;
    assert_eq!(kind(&bounded(&lines.url()).await), Kind::HttpMalformed);
    let line = endless("HTTP/1.1 200 OK\r\nX-Long: ", A_LOT, Duration::ZERO).await;
    assert_eq!(kind(&bounded(&line.url()).await), Kind::HttpMalformed);
    let drip = endless("HTTP/1.1 200 OK\r\n", b"x", Duration::from_millis(50)).await;
    assert_eq!(kind(&cut_off(&drip.url()).await), Kind::HttpTimeout);
    let blank = endless("", b"\r\n", Duration::ZERO).await;
    assert!(matches!(kind(&cut_off(&blank.url()).await), Kind::HttpMalformed | Kind::HttpTimeout));
}

#[tokio::test]
async fn bodies_without_end() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"] {
        let flood = endless(head, A_LOT, Duration::ZERO).await;
        let response = bounded(&flood.url()).await.response.unwrap();
        assert_eq!((response.body.len(), response.body_truncated), (BODY_LIMIT, true));
        let drip = endless(head, b"a", Duration::from_millis(100)).await;
        let response = cut_off(&drip.url()).await.response.unwrap();
        assert!(response.body_truncated && response.body.len() < 50, "{response:?}");
    }
}

#[tokio::test]
async fn bodies_that_grow_when_decoded() {
    let zeros = vec![0; 20_000_000];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&zeros).unwrap();
    let bomb = gzip.finish().unwrap();
    let mut answer = format!("HTTP/1.1 403 Forbidden\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len()).into_bytes();
    answer.extend(&bomb);
    let response = bounded(&Server::saying(answer).await.url()).await.response.unwrap();
    assert_eq!((response.body.len(), response.body_truncated), (BODY_LIMIT, true));
    assert_eq!(response.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn chunks_and_codings_that_make_no_sense() {
    for body in ["zz\r\nhello\r\n0\r\n\r\n", "ffffffffffffffffff\r\nx", "5\r\nhel", "-1\r\n\r\n", "5;ext=\u{1}\r\nhelloXX0\r\n"] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}")).await;
        let seen = bounded(&server.url()).await;
        assert!(seen.response.is_none_or(|r| r.body_truncated), "{body:?}");
    }
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello").await;
    let response = bounded(&server.url()).await.response.unwrap();
    assert_eq!((response.body.as_str(), response.body_truncated), ("hello", true));
}

#[tokio::test]
async fn heads_that_are_no_heads() {
    for head in [
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "<html>HTTP/0.9 says hello</html>\r\n\r\n",
        "220 mail.example.com ESMTP\r\n\r\n",
        "\u{0}\u{1}\u{2}\u{3}\u{4}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ] {
        let seen = bounded(&Server::saying(head).await.url()).await;
        assert_eq!(kind(&seen), Kind::HttpMalformed, "{head:?}: {:?}", seen.failure);
    }
}

#[tokio::test]
async fn what_browsers_forgive_is_forgiven() {
    for head in [
        "HTTP/1.1 204\r\n\r\n",
        "HTTP/1.0 204 No Content\r\n\r\n",
        "HTTP/1.1 204 N\r\nno colon here\r\nX-Good: 1\r\n\r\n",
        "HTTP/1.1 204 N\r\nX-Good : 1\r\n\r\n",
    ] {
        let seen = bounded(&Server::saying(head).await.url()).await;
        assert_eq!(seen.response.map(|r| r.status), Some(204), "{head:?}: {:?}", seen.failure);
    }
}

#[tokio::test]
async fn a_valid_answer_cut_at_every_byte() {
    let answer = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 5\r\n\r\nhello";
    let header_end = answer.len() - 5;
    for cut in 0..=answer.len() {
        let server = Server::saying(&answer.as_bytes()[..cut]).await;
        let seen = bounded(&server.url()).await;
        if cut < header_end {
            assert_eq!(kind(&seen), Kind::ConnectionClosed, "cut at {cut}: {:?}", seen.failure);
        } else {
            let response = seen.response.unwrap_or_else(|| panic!("cut at {cut}: {:?}", seen.failure));
            assert_eq!(response.body_truncated, cut < answer.len(), "cut at {cut}");
        }
    }
}

#[tokio::test]
async fn a_thousand_cookies_and_bytes_of_no_encoding() {
    let cookies = (0..1000).fold(String::new(), |all, n| format!("{all}Set-Cookie: c{n}=v\r\n"));
    let server = Server::saying(format!("HTTP/1.1 204 No Content\r\n{cookies}\r\n")).await;
    assert_eq!(bounded(&server.url()).await.response.unwrap().lines("set-cookie").count(), 1000);

    let server =
        Server::saying(b"HTTP/1.1 200 \xff\xfe\r\nX-Bytes: \xe9\xff\x80\r\nContent-Length: 3\r\n\r\n\xff\xfe\xe9".as_slice()).await;
    let response = bounded(&server.url()).await.response.unwrap();
    assert_eq!((response.header("x-bytes"), response.body.as_str()), (Some("\u{e9}\u{ff}\u{80}"), "\u{ff}\u{fe}\u{e9}"));

    let server = Server::saying("HTTP/1.1 200 OK\r\nX-Esc: \u{1b}[2J\r\nContent-Length: 0\r\n\r\n").await;
    bounded(&server.url()).await;
}

#[tokio::test]
async fn resets_in_every_phase() {
    for sent in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"] {
        let server = Server::start(move |mut stream| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(sent.as_bytes()).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            reset(&stream);
        })
        .await;
        let seen = bounded(&server.url()).await;
        match seen.response {
            Some(response) => assert!(response.body_truncated && sent.ends_with("half")),
            None => assert_eq!(kind(&seen), Kind::TcpReset, "{sent:?}: {:?}", seen.failure),
        }
    }
}

#[tokio::test]
async fn tls_that_is_noise() {
    let noise: Vec<u8> = (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
    for bytes in [noise, vec![22, 3, 3, 255, 255], vec![22, 3, 3, 0, 4, 2, 255, 255, 255], vec![0; 100], vec![21, 3, 3, 0, 2, 1, 0]] {
        let server = Server::saying(bytes.clone()).await;
        let seen = bounded(&format!("https://{}/", server.address)).await;
        assert_eq!(kind(&seen), Kind::TlsHandshake, "{:?}: {:?}", &bytes[..5], seen.failure);
    }
}

#[tokio::test]
async fn redirects_are_never_followed() {
    let server = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n").await;
    })
    .await;
    assert_eq!(bounded(&server.url()).await.response.unwrap().status, 302);
}

#[tokio::test]
async fn interim_answers_without_end() {
    let server = endless("", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", Duration::from_millis(1)).await;
    assert_eq!(kind(&cut_off(&server.url()).await), Kind::HttpTimeout);
    let server = Server::saying("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(bounded(&server.url()).await.response.unwrap().status, 204);
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_believed() {
    // Two answers to one request: the second must not be taken for the answer to the next one.
    let server = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        let two = "HTTP/1.1 204 No Content\r\nX-Which: first\r\n\r\nHTTP/1.1 200 OK\r\nX-Which: smuggled\r\nContent-Length: 0\r\n\r\n";
        let _ = stream.write_all(two.as_bytes()).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    })
    .await;
    let wiring = Wiring::new(patient());
    for _ in 0..3 {
        let seen = wiring.observe(&step(&server.url())).await;
        assert_eq!(seen.response.unwrap().header("x-which"), Some("first"));
    }
}
