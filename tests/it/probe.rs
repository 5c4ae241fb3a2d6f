//! Every fault of the way to an answer, from a socket that really behaves so.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;
use whycors::evidence::FailureKind as Kind;
use whycors::probe::{ConnectTo, Family, Options, Proxies, Resolve, Sampling, Wiring, sample};

use crate::servers::{Answer, Names, Server, closed, hurried, kind, patient, probe, read_request, reset, soon, step, wire_name};

const OK: &str = "HTTP/1.1 204 No Content\r\nX-One: 1\r\nX-Two: a\r\nX-Two: b\r\n\r\n";

#[tokio::test]
async fn an_answer_is_recorded_as_it_came() {
    let server = Server::saying(OK).await;
    let seen = probe(&server.url(), Options::default()).await;
    let response = seen.response.unwrap();
    assert_eq!((response.status, response.http_version.as_deref()), (204, Some("HTTP/1.1")));
    assert_eq!(response.lines("x-two").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(seen.connection.unwrap().address, server.address.to_string());
    assert!(seen.timing_ms.connect.is_some() && seen.timing_ms.first_byte.is_some() && seen.timing_ms.tls.is_none());
    assert_eq!(seen.dns.unwrap().resolver.as_deref(), Some("literal"));
}

#[tokio::test]
async fn nothing_listens() {
    let (_held, closed) = closed();
    assert_eq!(kind(&probe(&format!("http://{closed}/"), patient()).await), Kind::TcpRefused);
}

#[tokio::test]
async fn the_connect_is_never_answered() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(tokio::spawn(tokio::net::TcpStream::connect(address)));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let seen = soon(probe(&format!("http://{address}/"), hurried())).await;
    assert_eq!(kind(&seen), Kind::TcpTimeout);
}

/// A server that refuses a body by its size answers early and hangs up with the rest unread.
#[tokio::test]
async fn an_early_refusal_of_a_big_body_is_heard() {
    let server = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo big\n").await;
    })
    .await;
    let mut upload = step(&server.url());
    upload.method = "POST".into();
    upload.with_body = true;
    let seen = Wiring::new(Options { body: Some(vec![b'x'; 12_000_000]), ..patient() }).observe(&upload).await;
    assert_eq!(seen.response.map(|r| r.status), Some(413), "{:?}", seen.failure);
}

#[tokio::test]
async fn reset_closed_silent_and_not_http() {
    let resetting = Server::start(|stream| async move { reset(&stream) }).await;
    assert_eq!(kind(&probe(&resetting.url(), patient()).await), Kind::TcpReset);

    let closing = Server::saying("").await;
    assert_eq!(kind(&probe(&closing.url(), patient()).await), Kind::ConnectionClosed);

    let silent = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    })
    .await;
    let seen = probe(&silent.url(), hurried()).await;
    assert_eq!(kind(&seen), Kind::HttpTimeout);
    assert!(seen.timing_ms.connect.is_some());

    let garbage = Server::saying("SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
    assert_eq!(kind(&probe(&garbage.url(), patient()).await), Kind::HttpMalformed);
}

#[tokio::test]
async fn tls_with_somebody_who_does_not_speak_it() {
    let plain = Server::saying("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let url = |server: &Server| format!("https://{}/", server.address);
    let seen = probe(&url(&plain), patient()).await;
    assert_eq!(kind(&seen), Kind::TlsHandshake);
    assert!(seen.failure.unwrap().detail.contains("plain HTTP"));

    let alert = Server::saying([21, 3, 3, 0, 2, 2, 40]).await;
    let seen = probe(&url(&alert), patient()).await;
    assert_eq!(kind(&seen), Kind::TlsHandshake);
    assert!(seen.failure.unwrap().detail.contains("HandshakeFailure"));

    let closing = Server::saying("").await;
    assert_eq!(kind(&probe(&url(&closing), patient()).await), Kind::TlsHandshake);

    let silent = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    })
    .await;
    let seen = probe(&url(&silent), hurried()).await;
    assert_eq!(kind(&seen), Kind::TlsHandshake);
    assert!(seen.failure.unwrap().detail.contains("in time"));
}

fn asking(names: &Names) -> Options {
    Options { dns_server: Some(names.address), ..patient() }
}

#[tokio::test]
async fn what_resolvers_say() {
    let names = Names::start(|name, kind| match name {
        "gone.example.com" => Answer::Records(3, vec![]),
        "empty.example.com" => Answer::Records(0, vec![]),
        "broken.example.com" => Answer::Records(2, vec![]),
        "refused.example.com" => Answer::Records(5, vec![]),
        "garbage.example.com" => Answer::Garbage,
        "spoofed.example.com" => Answer::WrongId,
        "loop.example.com" if matches!(kind, 1 | 5 | 28) => Answer::Records(0, vec![(None, 5, wire_name("pool.example.com"))]),
        "pool.example.com" if matches!(kind, 1 | 5 | 28) => Answer::Records(0, vec![(None, 5, wire_name("loop.example.com"))]),
        "dangling.example.com" if kind == 5 => Answer::Records(0, vec![(None, 5, wire_name("gone.example.com"))]),
        "dangling.example.com" => Answer::Records(3, vec![(None, 5, wire_name("gone.example.com"))]),
        _ => Answer::Silence,
    })
    .await;
    for (name, wanted, rcode) in [
        ("gone", Kind::DnsNxdomain, "NXDOMAIN"),
        ("empty", Kind::DnsNoAddress, "NOERROR"),
        ("broken", Kind::DnsServfail, "SERVFAIL"),
        ("refused", Kind::DnsRefused, "REFUSED"),
        ("silent", Kind::DnsTimeout, "TIMEOUT"),
        ("dangling", Kind::DnsNxdomain, "NXDOMAIN"),
    ] {
        let bounds = if wanted == Kind::DnsTimeout { hurried() } else { patient() };
        let seen = probe(&format!("http://{name}.example.com/"), Options { dns_server: Some(names.address), ..bounds }).await;
        assert_eq!(kind(&seen), wanted, "{name}: {:?}", seen.failure);
        let dns = seen.dns.unwrap();
        assert_eq!((dns.rcode.as_str(), dns.overridden), (rcode, true), "{name}");
        let chain: &[&str] = if name == "dangling" { &["gone.example.com"] } else { &[] };
        assert_eq!(dns.chain, chain, "{name}");
    }
    let circle = probe("http://loop.example.com/", asking(&names)).await;
    assert_eq!(kind(&circle), Kind::DnsMalformed, "{:?}", circle.failure);
    for name in ["garbage", "spoofed"] {
        let seen = probe(&format!("http://{name}.example.com/"), Options { dns_server: Some(names.address), ..hurried() }).await;
        assert!(matches!(kind(&seen), Kind::DnsTimeout | Kind::DnsMalformed), "{name}: {:?}", seen.failure);
    }
}

#[tokio::test]
async fn a_name_is_asked_once_per_run_and_its_chain_is_kept() {
    let server = Server::saying(OK).await;
    let names = Names::start(|name, kind| match (name, kind) {
        ("api.example.com", 1) => {
            Answer::Records(0, vec![(None, 5, wire_name("edge.example.net")), (Some("edge.example.net"), 1, vec![127, 0, 0, 1])])
        }
        ("api.example.com", _) => Answer::Records(0, vec![(None, 5, wire_name("edge.example.net"))]),
        _ => Answer::Records(0, vec![]),
    })
    .await;
    let wiring = Wiring::new(asking(&names));
    let url = format!("http://api.example.com:{}/", server.address.port());
    let (one, two) = (step(&url), step(&url));
    let (one, two) = tokio::join!(wiring.observe(&one), wiring.observe(&two));
    let three = wiring.observe(&step(&url)).await;
    for seen in [one, two, three] {
        let dns = seen.dns.clone().unwrap();
        assert_eq!((dns.chain, dns.addresses), (vec!["edge.example.net".to_owned()], vec!["127.0.0.1".to_owned()]));
        assert!(seen.response.is_some(), "{seen:?}");
    }
    assert_eq!(names.times("api.example.com"), 2, "{:?}", names.asked.lock().unwrap());
}

#[tokio::test]
async fn truncated_answers_are_asked_for_over_tcp_and_many_addresses_are_bounded() {
    let many: Vec<_> = (0..500_u16).map(|n| (None, 1, vec![127, 9, (n >> 8) as u8, (n & 255) as u8])).collect();
    let names = Names::start(move |_, kind| if kind == 1 { Answer::OverTcp(many.clone()) } else { Answer::Records(0, vec![]) }).await;
    let seen = probe("http://many.example.com:9/", asking(&names)).await;
    assert_eq!(seen.dns.unwrap().addresses.len(), 32);
    assert_eq!(seen.failure.unwrap().kind, Kind::TcpRefused);
}

#[tokio::test]
async fn no_resolver_at_all_is_our_own_trouble() {
    // Connected to another, the socket keeps its port and takes nothing from us.
    let held = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    held.connect("127.0.0.1:9").await.unwrap();
    let closed = held.local_addr().unwrap();
    let seen = probe("http://api.example.com/", Options { dns_server: Some(closed), ..patient() }).await;
    assert_eq!(kind(&seen), Kind::Local, "{:?}", seen.failure);
}

#[tokio::test]
async fn localhost_and_families_need_nobody() {
    let names = Names::start(|_, _| Answer::Silence).await;
    let server = Server::saying(OK).await;
    let seen = probe(&format!("http://app.localhost:{}/", server.address.port()), asking(&names)).await;
    assert_eq!(seen.response.unwrap().status, 204);
    let six = Options { family: Some(Family::V6), ..asking(&names) };
    assert_eq!(kind(&probe(&server.url(), six).await), Kind::DnsNoAddress);
    assert_eq!(names.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn options_lead_elsewhere_and_the_host_header_stays() {
    let server = Server::start(|mut stream| async move {
        let request = read_request(&mut stream).await;
        let host = request.lines().find_map(|l| l.to_lowercase().strip_prefix("host: ").map(str::to_owned)).unwrap_or_default();
        let _ = stream.write_all(format!("HTTP/1.1 204 No Content\r\nX-Host: {host}\r\n\r\n").as_bytes()).await;
    })
    .await;
    let port = server.address.port();
    let resolve = |text: String| Options { resolve: vec![Resolve::parse(&text).unwrap()], ..patient() };
    let connect_to = |text: String| Options { connect_to: vec![ConnectTo::parse(&text).unwrap()], ..patient() };
    for (url, options, host) in [
        (format!("http://a.test:{port}/"), resolve(format!("a.test:{port}:127.0.0.1")), format!("a.test:{port}")),
        ("http://a.test/".to_owned(), resolve(format!("a.test:80:127.0.0.1:{port}")), "a.test".to_owned()),
        ("http://a.test:81/".to_owned(), resolve(format!("a.test:81:127.0.0.1:{port}")), "a.test:81".to_owned()),
        ("http://a.test/".to_owned(), connect_to(format!("a.test:80:127.0.0.1:{port}")), "a.test".to_owned()),
        ("http://a.test:81/".to_owned(), connect_to(format!("::127.0.0.1:{port}")), "a.test:81".to_owned()),
        ("http://198.51.100.7:81/".to_owned(), connect_to(format!("::127.0.0.1:{port}")), "198.51.100.7:81".to_owned()),
    ] {
        let seen = probe(&url, options).await;
        let dns = seen.dns.clone().unwrap();
        let response = seen.response.unwrap_or_else(|| panic!("{url}: {:?}", seen.failure));
        assert_eq!(response.header("x-host"), Some(host.as_str()), "{url}");
        assert!(dns.overridden, "{url}");
        assert_eq!(seen.request.url, url);
    }
}

#[tokio::test]
async fn a_proxy_stands_between_and_its_faults_are_its_own() {
    let proxy = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 proxy\r\n\r\n").await;
    let through = |address: SocketAddr| Options {
        proxies: Proxies { all: format!("http://user:secret@{address}"), ..Proxies::default() },
        ..patient()
    };
    let seen = probe("http://api.example.com/", through(proxy.address)).await;
    assert_eq!(seen.response.unwrap().header("via"), Some("1.1 proxy"));
    assert_eq!(seen.connection.unwrap().proxy.unwrap(), format!("http://{}/", proxy.address));
    assert!(seen.dns.is_none());

    let (_held, closed) = closed();
    assert_eq!(kind(&probe("http://api.example.com/", through(closed)).await), Kind::Proxy);
    assert_eq!(kind(&probe("https://api.example.com/", through(closed)).await), Kind::Proxy);

    let refusing = Server::saying("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
    let seen = probe("https://api.example.com/", through(refusing.address)).await;
    assert_eq!(kind(&seen), Kind::Proxy, "{:?}", seen.failure);
    assert!(!format!("{seen:?}").contains("secret"));
}

#[tokio::test]
async fn connections_are_shared_and_one_that_went_stale_is_opened_again() {
    // Answers one request on each connection, keeps it open a little, then closes it without a word.
    let server = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        read_request(&mut stream).await;
    })
    .await;
    let wiring = Wiring::new(patient());
    let first = wiring.observe(&step(&server.url())).await;
    let second = wiring.observe(&step(&server.url())).await;
    assert!(!first.connection.unwrap().reused);
    assert_eq!(second.response.map(|r| r.status), Some(204), "{:?}", second.failure);
}

#[tokio::test]
async fn a_fleet_of_hosts_does_not_hold_on_to_its_connections() {
    let open = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&open);
    let server = Server::start(move |mut stream| {
        let open = Arc::clone(&counter);
        async move {
            open.fetch_add(1, Ordering::SeqCst);
            read_request(&mut stream).await;
            let _ = stream.write_all(OK.as_bytes()).await;
            read_request(&mut stream).await;
            open.fetch_sub(1, Ordering::SeqCst);
        }
    })
    .await;
    let port = server.address.port();
    let resolve = vec![Resolve::parse(&format!("*:{port}:127.0.0.1")).unwrap()];
    let wiring = Wiring::new(Options { resolve, ..Options::default() });
    for n in 0..600 {
        let seen = wiring.observe(&step(&format!("http://n{n}.example.com:{port}/"))).await;
        assert!(seen.response.is_some(), "{n}: {:?}", seen.failure);
    }
    soon(async {
        while open.load(Ordering::SeqCst) > 256 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn private_addresses_can_be_refused_before_anything_is_sent() {
    let server = Server::saying(OK).await;
    let options = Options { public_only: true, ..patient() };
    assert_eq!(kind(&probe(&server.url(), options.clone()).await), Kind::Local);
    assert_eq!(kind(&probe("http://169.254.169.254/latest/meta-data/", options).await), Kind::Local);
}

#[tokio::test]
async fn every_address_is_sampled_over_its_own_connection() {
    let server = Server::saying(OK).await;
    let port = server.address.port();
    let resolve = vec![Resolve::parse(&format!("api.test:{port}:127.0.0.1,127.0.0.2")).unwrap()];
    let sampling = Sampling { addresses: vec!["127.0.0.1".parse().unwrap(), "127.0.0.2".parse().unwrap()], rounds: 2 };
    let answers = sample(
        &Wiring::new(Options { resolve, ..patient() }),
        &step(&format!("http://api.test:{port}/")),
        &sampling,
        std::future::pending(),
    )
    .await;
    let seen: Vec<_> = answers
        .iter()
        .map(|(address, round, probe)| (address.as_str(), *round, probe.response.is_some(), probe.connection.as_ref().unwrap().reused))
        .collect();
    assert_eq!(
        seen,
        [("127.0.0.1", 1, true, false), ("127.0.0.1", 2, true, false), ("127.0.0.2", 1, false, false), ("127.0.0.2", 2, false, false)]
    );
}

#[tokio::test]
async fn a_repetition_has_its_own_connection_and_goes_to_the_next_address() {
    let server = Server::start(|mut stream| async move {
        while !read_request(&mut stream).await.is_empty() {
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    })
    .await;
    let port = server.address.port();
    let resolve = vec![Resolve::parse(&format!("api.test:{port}:127.0.0.1,127.0.0.2")).unwrap()];
    let wiring = Wiring::new(Options { resolve, ..patient() });
    let step = step(&format!("http://api.test:{port}/"));
    let mut reached = Vec::new();
    for turn in [0, 0, 1, 2] {
        let connection = wiring.observe(&step.clone().repeated(turn)).await.connection.unwrap();
        reached.push((connection.address.rsplit_once(':').unwrap().0.to_owned(), connection.reused));
    }
    // Nobody listens at the second address, so that the first is asked after all.
    let first = |reused| ("127.0.0.1".to_owned(), reused);
    assert_eq!(reached, [first(false), first(true), first(false), first(false)]);
    let closed =
        Wiring::new(Options { resolve: vec![Resolve::parse(&format!("api.test:{port}:127.0.0.1,127.0.0.3")).unwrap()], ..patient() });
    let other = tokio::net::TcpListener::bind(("127.0.0.3", port)).await.unwrap();
    let accepted = tokio::spawn(async move { other.accept().await.is_ok() });
    let _ = closed.observe(&step.clone().repeated(1)).await;
    assert!(accepted.await.unwrap(), "the second address was not asked first");
}
