//! Answers that alternate: what asks again, how often, and what a record with several answers to one request says.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use whycors::evidence::{Evidence, Purpose};
use whycors::inquiry::{Budget, Inquiry, Outcome};
use whycors::world::{World, simulate_with};

use crate::NOW;
use crate::servers::{Server, read_request};

/// The world of two servers; the one that allows comes first where `good_first`.
fn world(good_first: bool) -> World {
    let mut world = World::all().unwrap().into_iter().find(|world| world.name == "cause/answers-alternate").unwrap();
    if good_first {
        world.exchange[0].replies.reverse();
    }
    world
}

fn again(outcome: &Outcome) -> usize {
    outcome.evidence.probes.iter().filter(|probe| probe.purpose == Purpose::Repeat).count()
}

fn cause(outcome: &Outcome) -> Option<&str> {
    outcome.conclusion.diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str())
}

#[test]
fn asks_again_within_the_budget() {
    for (budget, times, named) in [
        (Budget::default(), 3, "answers-alternate"),
        (Budget { waves: 0, ..Budget::default() }, 0, "missing-allow-origin"),
        (Budget { max_probes: 1, ..Budget::default() }, 0, "missing-allow-origin"),
        (Budget { max_probes: 2, ..Budget::default() }, 1, "answers-alternate"),
    ] {
        let outcome = simulate_with(&world(false), NOW, budget).unwrap();
        assert_eq!((again(&outcome), cause(&outcome)), (times, Some(named)), "{budget:?}");
    }
}

#[test]
fn what_passes_here_and_failed_in_a_browser_is_asked_again() {
    let doubted = simulate_with(&world(true), NOW, Budget { doubted: true, ..Budget::default() }).unwrap();
    let notes: Vec<&str> = doubted.conclusion.notes.iter().map(|note| note.code.as_str()).collect();
    assert_eq!((again(&doubted), doubted.verdict.allowed, cause(&doubted)), (3, Some(true), None));
    assert!(notes.contains(&"answers-alternate"), "{notes:?}");
    let trusted = simulate_with(&world(true), NOW, Budget::default()).unwrap();
    assert_eq!(again(&trusted), 0);
}

/// Only a sign that several answer is worth the requests; S3, which shows a change of its rules late, is asked twice more at most.
#[test]
fn one_server_is_not_asked_again() {
    for world in World::all().unwrap() {
        let name = world.name.clone();
        let commonest = ["s3-", "apigw-cors", "apigw-missing-route", "allow-origin-mismatch"];
        if commonest.iter().any(|code| name.starts_with(&format!("cause/{code}"))) {
            let outcome = simulate_with(&world, NOW, Budget::default()).unwrap();
            let by_rules = cause(&outcome).is_some_and(|cause| cause.starts_with("s3-cors-") && cause != "s3-cors-not-configured");
            let most = if by_rules { 2 } else { 0 };
            assert!(again(&outcome) <= most, "{name}");
        }
    }
}

fn diagnosed(probes: &str) -> Outcome {
    let ask = r#"{"url": "https://api.example.com/x", "origin": "https://app.example.com", "method": "PUT", "headers": []}"#;
    let evidence: Evidence = serde_json::from_str(&format!(r#"{{"ask": {ask}, "probes": [{probes}]}}"#)).unwrap();
    Inquiry::resume(evidence, Budget { max_probes: 0, ..Budget::default() }, NOW).conclude()
}

#[test]
fn every_answer_of_a_record_counts() {
    let good = r#"{"purpose": "preflight", "response": {"status": 204, "headers": [["access-control-allow-origin", "*"], ["access-control-allow-methods", "PUT"]]}}"#;
    let bad = r#"{"purpose": "preflight", "response": {"status": 502, "headers": []}}"#;
    let busy = r#"{"purpose": "preflight", "response": {"status": 429, "headers": []}}"#;
    let alternating = diagnosed(&[bad, good, bad].join(","));
    assert_eq!(cause(&alternating), Some("answers-alternate"));
    assert!(alternating.conclusion.diagnosis.unwrap().explanation.contains("1 pass and 2 fail"));

    let agreeing = diagnosed(&[bad, bad].join(",")).conclusion.diagnosis.unwrap();
    assert_eq!(agreeing.cause, "preflight-server-error");
    assert!(agreeing.ruled_out.iter().any(|other| other.cause == "answers-alternate"));
    let unlike = r#"{"purpose": "preflight", "response": {"status": 204, "headers": []}}"#;
    let unlike = diagnosed(&[bad, unlike].join(",")).conclusion.diagnosis.unwrap();
    let reason = unlike.ruled_out.iter().find(|other| other.cause == "answers-alternate").map(|other| other.because.as_str());
    assert_eq!(reason, Some("asked 2 times, the same request failed every time, though not alike: status 204, 502"));

    assert_eq!(cause(&diagnosed(&[busy, good].join(","))), Some("preflight-rate-limited"));
    assert_eq!(cause(&diagnosed(&[bad, busy].join(","))), Some("preflight-server-error"));
    // Another question is no second answer.
    let other = r#"{"purpose": "vary-origin", "response": {"status": 204, "headers": [["access-control-allow-origin", "*"]]}}"#;
    assert_eq!(cause(&diagnosed(&[bad, other].join(","))), Some("preflight-server-error"));
}

/// A server that fails the first request, lets the second pass, and so on, without a sign that it is two.
async fn alternating() -> Server {
    let turn = Arc::new(AtomicUsize::new(0));
    Server::start(move |mut stream| {
        let good = turn.fetch_add(1, Ordering::SeqCst) % 2 == 1;
        async move {
            read_request(&mut stream).await;
            let allowed = if good { "Access-Control-Allow-Origin: *\r\n" } else { "" };
            let answer = format!("HTTP/1.1 200 OK\r\n{allowed}Content-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sampled_is_diagnosed() {
    for (more, cause, samples) in [(&[][..], "actual-response-missing-cors", 0), (&["--repeat", "6"], "answers-alternate", 6)] {
        let server = alternating().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
        command.args(["probe", &server.url(), "--origin", "http://localhost:3000", "--format", "json"]).args(more).env_clear();
        let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        assert_eq!(report["diagnosis"]["cause"], cause, "{report:#}");
        assert_eq!(report["samples"]["rows"].as_array().map_or(0, Vec::len), samples);
    }
}

/// The preflight met the old rules, everything after it the new ones.
#[test]
fn rules_that_were_saved_a_moment_ago_are_not_blamed() {
    let page = "https://app.example.com";
    for headers in ["[]", r#"["content-type"]"#, r#"["content-type", "x-amz-acl"]"#] {
        let text = format!(
            r#"
title = "rules that were saved a moment ago"
[ask]
url = "https://uploads.s3.eu-west-1.amazonaws.com/a.png"
origin = "{page}"
method = "PUT"
headers = {headers}
[[exchange]]
when = {{ method = "OPTIONS" }}
reply = [
  {{ status = 403, headers = ["x-amz-request-id: 7Q4EXAMPLE", "x-amz-id-2: aG9zdC1pZA==", "Server: AmazonS3", "Content-Type: application/xml"], body = "<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.</Message><Method>PUT</Method><ResourceType>OBJECT</ResourceType></Error>" }},
  {{ status = 200, headers = ["Access-Control-Allow-Origin: {{origin}}", "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: {{acrh}}", "Access-Control-Allow-Credentials: true", "x-amz-request-id: 7Q4EXAMPLE", "x-amz-id-2: aG9zdC1pZA==", "Server: AmazonS3"] }},
]
[expect]
allowed = false
"#
        );
        let outcome = simulate_with(&World::parse("saved", &text).unwrap(), NOW, Budget::default()).unwrap();
        let diagnosis = outcome.conclusion.diagnosis.as_ref().unwrap();
        assert_eq!((diagnosis.cause.as_str(), &*diagnosis.fixes[0].kind), ("answers-alternate", "wait-for-change"), "{headers}");
    }
}
