//! The lab itself: every way in which names, connections and handshakes go wrong is what a prober sees, and nothing else.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use url::Url;
use whycors::evidence::{FailureKind, Probe, Purpose, Step};
use whycors::lab::Lab;
use whycors::probe::Wiring;
use whycors::world::World;

use crate::NOW;

fn world(faults: &str) -> World {
    let text = format!(
        r#"
title = "a world of a test"
ask = {{ url = "https://api.example.test/x", origin = "https://app.example.com" }}
{faults}
[[exchange]]
when = {{ method = "OPTIONS", host = "api.example.test" }}
[exchange.reply]
status = 204
headers = ["Set-Cookie: a=1", "X-Latin: caf\u00e9", "Set-Cookie: b=2", "Access-Control-Allow-Origin: {{origin}}"]
[expect]
allowed = true
"#
    );
    World::parse("test", &text).unwrap()
}

fn step(method: &str, url: &str) -> Step {
    Step {
        purpose: Purpose::Preflight,
        hop: 0,
        method: method.into(),
        url: Url::parse(url).unwrap(),
        headers: vec![("origin".into(), "https://app.example.com".into())],
        with_body: false,
        turn: 0,
    }
}

async fn observe(lab: &Lab, faults: &str, url: &str) -> Probe {
    let playing = lab.play(world(faults), NOW).await.unwrap();
    Wiring::new(playing.options()).observe(&step("OPTIONS", url)).await
}

#[tokio::test]
async fn a_reply_arrives_line_by_line() {
    let probe = observe(&Lab::new().unwrap(), "", "https://api.example.test/x").await;
    assert_eq!(probe.failure, None);
    let response = probe.response.unwrap();
    assert_eq!(response.status, 204);
    // Lines of one name stay together and in order.
    let lines: Vec<&str> = response.headers.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(lines, ["a=1", "b=2", "caf\u{e9}", "https://app.example.com"], "{:?}", response.headers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_seen_as_what_it_is() {
    const HOST: &str = "https://api.example.test/x";
    let dns = |what: &str| format!("[dns.\"api.example.test\"]\n{what}");
    let tls = |mode: &str| format!("[tls]\n\"api.example.test\" = \"{mode}\"");
    let tcp = |mode: &str| format!("[tcp]\n\"api.example.test\" = \"{mode}\"");
    let cases = [
        (dns("rcode = \"NXDOMAIN\""), FailureKind::DnsNxdomain),
        (dns("rcode = \"NXDOMAIN\"\ncname = [\"gone.example.net\"]"), FailureKind::DnsNxdomain),
        (dns("rcode = \"SERVFAIL\""), FailureKind::DnsServfail),
        (dns("rcode = \"REFUSED\""), FailureKind::DnsRefused),
        (dns("timeout = true"), FailureKind::DnsTimeout),
        (dns("a = []"), FailureKind::DnsNoAddress),
        (dns("a = []\ncname = [\"empty.example.net\"]"), FailureKind::DnsNoAddress),
        (tls("hostname-mismatch"), FailureKind::TlsHostnameMismatch),
        (tls("expired"), FailureKind::TlsExpired),
        (tls("not-yet-valid"), FailureKind::TlsNotYetValid),
        (tls("untrusted"), FailureKind::TlsUntrustedCa),
        (tls("plain-http"), FailureKind::TlsHandshake),
        (tls("alert"), FailureKind::TlsHandshake),
        (tcp("refused"), FailureKind::TcpRefused),
        (tcp("timeout"), FailureKind::TcpTimeout),
        (tcp("reset"), FailureKind::TcpReset),
        (tcp("unreachable"), FailureKind::NetworkUnreachable),
        (tcp("hang"), FailureKind::HttpTimeout),
        (tcp("close"), FailureKind::ConnectionClosed),
        (tcp("garbage"), FailureKind::HttpMalformed),
        ("[tcp]\n\"api.example.test:443\" = \"refused\"".to_owned(), FailureKind::TcpRefused),
    ];
    let lab = Lab::new().unwrap();
    let mut visits = JoinSet::new();
    for (faults, kind) in cases {
        for url in [HOST, "http://api.example.test/x"] {
            let (lab, faults) = (lab.clone(), faults.clone());
            visits.spawn(async move {
                let is_tls = faults.starts_with("[tls]") || faults.contains(":443");
                let wanted = (!is_tls || url == HOST).then_some(kind);
                let probe = observe(&lab, &faults, url).await;
                let right = probe.failure.as_ref().map(|f| f.kind) == wanted;
                (!right).then(|| format!("{url} with {faults:?}: wanted {wanted:?}, got {:?}", probe.failure))
            });
        }
    }
    let wrong: Vec<String> = visits.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn names_have_chains_and_foreign_addresses_are_not_called() {
    let lab = Lab::new().unwrap();
    let faults = "[dns.\"api.example.test\"]\ncname = [\"one.example.net\", \"two.example.net\"]\na = [\"10.20.30.40\"]";
    let probe = observe(&lab, faults, "https://api.example.test/x").await;
    let dns = probe.dns.unwrap();
    assert_eq!(
        (dns.chain, dns.addresses, dns.overridden),
        (vec!["one.example.net".into(), "two.example.net".into()], vec!["10.20.30.40".into()], true)
    );
    assert!(probe.connection.unwrap().address.starts_with("127.0.0.1:"));
    assert_eq!(probe.response.unwrap().status, 204);

    let literal = observe(&lab, "", "http://10.20.30.40:8080/x").await;
    assert_eq!(literal.dns.unwrap().addresses, ["10.20.30.40"]);
    assert!(literal.connection.unwrap().address.starts_with("127.0.0.1:"));
    assert_eq!(literal.response.unwrap().status, 404);
}

#[tokio::test]
async fn requests_are_counted_and_take_their_time() {
    let lab = Lab::new().unwrap().with_latency(Duration::from_millis(40));
    let playing = lab.play(world(""), NOW).await.unwrap();
    let wiring = Wiring::new(playing.options());
    let begun = Instant::now();
    wiring.observe(&step("OPTIONS", "https://api.example.test/x")).await;
    // A name, a connect, a handshake, a request.
    assert!(begun.elapsed() >= Duration::from_millis(160), "{:?}", begun.elapsed());
    wiring.observe(&step("GET", "http://api.example.test/x")).await;
    wiring.observe(&step("GET", "https://other.example.test/")).await;
    let requests: Vec<_> = playing.requests().into_iter().collect();
    assert_eq!(requests, [("GET".to_owned(), 2), ("OPTIONS".to_owned(), 1)]);
}
