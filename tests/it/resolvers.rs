//! Resolvers that mean harm, or are slow: every probe ends within its time, and believes only what was asked for.

use std::time::Duration;

use whycors::evidence::{FailureKind as Kind, Probe};
use whycors::probe::Options;

use crate::servers::{Answer, Names, hurried, kind, message, patient, probe, soon, wire_name};

const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;

/// Asks for a name at a port where nothing listens: an address that was believed shows in the record.
async fn asked(names: &Names, host: &str, options: Options) -> Probe {
    soon(probe(&format!("http://{host}:9/"), Options { dns_server: Some(names.address), ..options })).await
}

#[tokio::test]
async fn aliases_that_go_in_a_circle_or_never_end() {
    let names = Names::start(|name, kind| {
        let label = name.split('.').next().unwrap_or_default();
        let next = match label {
            "self" => "self".to_owned(),
            "left" => "right".to_owned(),
            "right" => "left".to_owned(),
            // A longer chain with every answer.
            n => format!("n{}", n.trim_start_matches('n').parse::<u32>().unwrap_or(0) + 1),
        };
        match kind {
            A | CNAME => Answer::Records(0, vec![(None, CNAME, wire_name(&format!("{next}.example.com")))]),
            _ => Answer::Records(0, vec![]),
        }
    })
    .await;
    for host in ["self.example.com", "left.example.com"] {
        let seen = asked(&names, host, patient()).await;
        assert_eq!(kind(&seen), Kind::DnsMalformed, "{host}: {:?}", seen.failure);
        assert!(seen.failure.unwrap().detail.contains("circle"), "{host}");
    }
    let seen = asked(&names, "n0.example.com", hurried()).await;
    assert!(matches!(kind(&seen), Kind::DnsNoAddress | Kind::DnsMalformed | Kind::DnsTimeout), "{:?}", seen.failure);
    assert!(seen.dns.unwrap().chain.len() <= 16);
    assert!(names.asked.lock().unwrap().len() < 200, "asked {} times", names.asked.lock().unwrap().len());
}

#[tokio::test]
async fn answers_that_nobody_asked_for_are_not_believed() {
    let mine = vec![127, 0, 0, 66];
    for (name, make) in [
        (
            "another id",
            (|query| {
                let mut reply = message(query, 0x8180, &[(None, A, vec![127, 0, 0, 66])]);
                (0..=255_u8)
                    .map(|id| {
                        reply[0] = id;
                        reply[1] = query[1] ^ 1;
                        reply.clone()
                    })
                    .collect()
            }) as fn(&[u8]) -> Vec<Vec<u8>>,
        ),
        ("another question", |query| {
            let mut reply = message(query, 0x8180, &[(None, A, vec![127, 0, 0, 66])]);
            reply[13] ^= 1;
            vec![reply]
        }),
        ("a question, not an answer", |query| vec![query.to_vec()]),
        ("a name that points at itself", |query| {
            let mut reply = message(query, 0x8180, &[]);
            (reply[7], reply[12], reply[13]) = (1, 0xc0, 12);
            vec![reply]
        }),
        ("fewer records than announced", |query| {
            let mut reply = message(query, 0x8180, &[]);
            (reply[6], reply[7]) = (0xff, 0xff);
            vec![reply]
        }),
        ("a record longer than the message", |query| {
            let mut reply = message(query, 0x8180, &[(None, A, vec![127, 0, 0, 66])]);
            let at = reply.len() - 6;
            reply[at] = 0xff;
            vec![reply]
        }),
        ("an address of the wrong length", |query| vec![message(query, 0x8180, &[(None, A, vec![127, 0, 0, 66, 0, 0, 0])])]),
        ("an empty datagram", |_| vec![vec![]]),
    ] {
        let names = Names::start(move |_, _| Answer::Datagrams(make)).await;
        let seen = asked(&names, "api.example.com", hurried()).await;
        assert!(matches!(kind(&seen), Kind::DnsTimeout | Kind::DnsMalformed), "{name}: {:?}", seen.failure);
        assert!(seen.dns.unwrap().addresses.is_empty(), "{name}");
    }
    // An address under another name is no address of the asked one.
    let names = Names::start(move |_, kind| match kind {
        A => Answer::Records(0, vec![(Some("other.example.net"), A, mine.clone())]),
        _ => Answer::Records(0, vec![]),
    })
    .await;
    let seen = asked(&names, "api.example.com", patient()).await;
    assert!(seen.dns.as_ref().unwrap().addresses.is_empty(), "{seen:?}");
}

#[tokio::test]
async fn records_that_are_too_many_or_too_long() {
    let long: Vec<u8> = std::iter::once(255).chain([b'x'; 255]).cycle().take(256 * 200).collect();
    let many: Vec<_> = (0..4000_u16).map(|n| (None, A, vec![127, 8, (n >> 8) as u8, (n & 255) as u8])).collect();
    let names = Names::start(move |name, kind| match (name, kind) {
        ("long.example.com", A) => Answer::OverTcp(vec![(None, TXT, long.clone()), (None, A, vec![127, 0, 0, 1])]),
        ("many.example.com", A) => Answer::OverTcp(many.clone()),
        _ => Answer::Records(0, vec![]),
    })
    .await;
    let seen = asked(&names, "long.example.com", patient()).await;
    assert_eq!(seen.dns.unwrap().addresses, ["127.0.0.1"], "{:?}", seen.failure);
    let seen = asked(&names, "many.example.com", patient()).await;
    assert_eq!(seen.dns.unwrap().addresses.len(), 32, "{:?}", seen.failure);
}

#[tokio::test]
async fn resolvers_that_are_slow() {
    let names = Names::start(|name, kind| match (name, kind) {
        ("drip.example.com", _) => Answer::Drip(Duration::from_millis(20)),
        ("late.example.com", A) => Answer::Late(Duration::from_millis(150), vec![(None, A, vec![127, 0, 0, 1])]),
        ("after.example.com", _) => Answer::Late(Duration::from_mins(1), vec![(None, A, vec![127, 0, 0, 1])]),
        _ => Answer::Records(0, vec![]),
    })
    .await;
    let seen = asked(&names, "drip.example.com", hurried()).await;
    assert_eq!(kind(&seen), Kind::DnsTimeout, "{:?}", seen.failure);
    let seen = asked(&names, "late.example.com", patient()).await;
    assert_eq!(seen.dns.unwrap().addresses, ["127.0.0.1"], "{:?}", seen.failure);
    assert_eq!(kind(&asked(&names, "after.example.com", hurried()).await), Kind::DnsTimeout);
}
