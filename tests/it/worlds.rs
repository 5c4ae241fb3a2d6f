//! Every world, played without sockets, must give what it expects; and its record, replayed, the same.

use whycors::inquiry::{Budget, Inquiry, Outcome};
use whycors::world::{World, simulate};

use crate::NOW;

fn shortfalls(world: &World, outcome: &Outcome) -> Vec<String> {
    let expect = &world.expect;
    let mut short = Vec::new();
    let diagnosis = outcome.conclusion.diagnosis.as_ref();
    let cause = diagnosis.map(|d| d.cause.clone());
    if outcome.verdict.allowed != Some(expect.allowed) {
        short.push(format!("allowed: wanted {}, got {:?}", expect.allowed, outcome.verdict.allowed));
    }
    if expect.stage.is_some_and(|s| s != outcome.verdict.stage) {
        short.push(format!("stage: wanted {:?}, got {:?}", expect.stage, outcome.verdict.stage));
    }
    if cause != expect.cause {
        short.push(format!("cause: wanted {:?}, got {cause:?}", expect.cause));
    }
    if expect.confidence.is_some() && expect.confidence != diagnosis.map(|d| d.confidence) {
        short.push(format!("confidence: wanted {:?}, got {:?}", expect.confidence, diagnosis.map(|d| d.confidence)));
    }
    for code in &expect.findings {
        if !outcome.conclusion.notes.iter().any(|n| n.code == *code) {
            short.push(format!("finding {code} is missing"));
        }
    }
    let said = format!("{} {}", serde_json::to_string(&diagnosis).unwrap(), serde_json::to_string(&outcome.conclusion.notes).unwrap())
        .to_lowercase();
    for text in &expect.mentions {
        if !said.contains(&text.to_lowercase()) {
            short.push(format!("{text:?} is not mentioned"));
        }
    }
    if !expect.allowed && cause.is_none() {
        short.push("blocked, but no cause is named".into());
    }
    short
}

#[test]
fn every_world_is_diagnosed_right_and_replays_the_same() {
    let mut failures = Vec::new();
    for world in World::all().unwrap() {
        let outcome = simulate(&world, NOW).unwrap();
        failures.extend(shortfalls(&world, &outcome).into_iter().map(|s| format!("{}: {s}", world.name)));
        let again = Inquiry::resume(outcome.evidence.clone(), Budget { max_probes: 0, ..Budget::default() }, NOW).conclude();
        if again.verdict != outcome.verdict || again.conclusion.diagnosis != outcome.conclusion.diagnosis {
            failures.push(format!("{}: the record does not replay to the same report", world.name));
        }
    }
    assert!(failures.is_empty(), "{} shortfalls\n{}", failures.len(), failures.join("\n"));
}
