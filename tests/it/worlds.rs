//! Every world, played without sockets and on loopback, must give what it expects; and its record, replayed, the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use whycors::inquiry::{Budget, Inquiry, Outcome};
use whycors::lab::Lab;
use whycors::world::{World, simulate};

use crate::NOW;

#[test]
fn every_world_is_diagnosed_right_and_replays_the_same() {
    let mut failures = Vec::new();
    for world in World::all().unwrap() {
        let outcome = simulate(&world, NOW).unwrap();
        failures.extend(world.shortfalls(&outcome).into_iter().map(|s| format!("{}: {s}", world.name)));
        let again = Inquiry::resume(outcome.evidence.clone(), Budget { max_probes: 0, ..Budget::default() }, NOW).conclude();
        if again.verdict != outcome.verdict || again.conclusion.diagnosis != outcome.conclusion.diagnosis {
            failures.push(format!("{}: the record does not replay to the same report", world.name));
        }
    }
    assert!(failures.is_empty(), "{} shortfalls\n{}", failures.len(), failures.join("\n"));
}

/// What a live run and a simulated one have to agree on.
fn gist(outcome: &Outcome) -> String {
    let verdict = &outcome.verdict;
    let checks: Vec<_> = verdict.checks.iter().map(|c| (&*c.name, c.passed)).collect();
    let diagnosis = outcome.conclusion.diagnosis.as_ref().map(|d| (d.cause.as_str(), d.confidence, d.layer));
    let notes: Vec<_> = outcome.conclusion.notes.iter().map(|n| n.code.as_str()).collect();
    let console = (&verdict.browsers.chromium.cors_error, &verdict.browsers.firefox.cors_error);
    format!("{:?} at {:?}, {diagnosis:?}, {notes:?}, {console:?}, {checks:?}", verdict.allowed, verdict.stage)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_world_is_the_same_on_loopback() {
    let lab = Lab::new().unwrap();
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let places = Arc::new(Semaphore::new(8));
    let mut visits = JoinSet::new();
    let mut simulated = BTreeMap::new();
    for world in World::all().unwrap() {
        simulated.insert(world.name.clone(), gist(&simulate(&world, now).unwrap()));
        let (lab, places) = (lab.clone(), Arc::clone(&places));
        visits.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            (world.clone(), lab.visit(world, now).await.unwrap())
        });
    }
    let mut differences = Vec::new();
    while let Some(visit) = visits.join_next().await {
        let (world, visit) = visit.unwrap();
        let (name, outcome) = (&world.name, &visit.run.outcome);
        let (dry, live) = (&simulated[name], gist(outcome));
        if *dry != live {
            let failures: Vec<_> = outcome.evidence.probes.iter().filter_map(|p| p.failure.as_ref()).collect();
            differences.push(format!("{name}\n  simulated: {dry}\n  live:      {live}\n  failures:  {failures:?}"));
        }
        let reads = |method: &String| matches!(method.as_str(), "OPTIONS" | "GET" | "HEAD");
        if !world.ask.send_actual && !visit.requests.keys().all(reads) {
            differences.push(format!("{name}\n  something was written: {:?}", visit.requests));
        }
    }
    differences.sort();
    assert!(differences.is_empty(), "{} differ\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn a_reply_without_a_status_is_refused() {
    let world = |replies: &str| {
        let ask = "title = \"t\"\nask = { url = \"https://a.test/\", origin = \"https://b.test\" }\nexpect = { allowed = true }\n";
        World::parse("t", &format!("{ask}[[exchange]]\n{replies}\n"))
    };
    assert!(world("reply = [{ status = 204 }, { closes = true, times = 3 }]").is_ok());
    for wrong in ["reply = {}", "reply = []", "reply = [{ status = 200 }, {}]", "reply = { status = 200, tims = 2 }", "reply = 3", ""] {
        assert!(world(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_form_that_the_documentation_shows_can_be_read() {
    let page = std::fs::read_to_string("fixtures/README.md").unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let world = World::parse("example", example).unwrap();
    assert_eq!((world.exchange.len(), world.bucket.len(), world.dns.len()), (2, 1, 1));
    assert_eq!(world.exchange[1].replies.len(), 2);
}
