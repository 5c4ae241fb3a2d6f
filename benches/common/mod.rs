//! Records to measure with, as `whycors replay` reads them: the observed cases of `fixtures/browser-verdicts`, and what every
//! world of the lab shows, follow-ups included.

use serde_json::{Value, json};
use whycors::world::{World, simulate};

/// When the worlds are played: a date in 2026.
const NOW: i64 = 1_795_341_600;

/// One record a line.
pub(crate) fn records() -> Vec<String> {
    let text = include_str!("../../fixtures/browser-verdicts/sample.jsonl");
    let observed = text.lines().map(|line| record(&serde_json::from_str(line).unwrap_or_default()).to_string());
    let worlds = World::all().unwrap_or_default();
    let played = worlds.iter().filter_map(|world| simulate(world, NOW).ok());
    let played = played.filter_map(|mut outcome| {
        outcome.evidence.started_at = Some("2026-11-22T10:00:00Z".into());
        serde_json::to_string(&outcome.evidence).ok()
    });
    observed.chain(played).collect()
}

fn record(case: &Value) -> Value {
    let request = &case["request"];
    let actual = &case["actual_response"];
    let mut probes = Vec::new();
    let mut add = |purpose: &str, hop: usize, url: &Value, answer: &Value| {
        let probe = json!({"purpose": purpose, "hop": hop, "request": {"url": url}, "response": answer});
        let closed = json!({"purpose": purpose, "hop": hop, "request": {"url": url}, "failure": {"kind": "connection-closed"}});
        if answer.is_object() {
            probes.push(if answer["transport"].is_string() { closed } else { probe });
        }
    };
    add("preflight", 0, &request["url"], &case["preflight_response"]);
    add("actual", 0, &request["url"], actual);
    for (index, hop) in actual["redirect_chain"].as_array().into_iter().flatten().enumerate() {
        add("preflight", index + 1, &hop["url"], &hop["preflight_response"]);
        add("actual", index + 1, &hop["url"], &hop["response"]);
    }
    json!({
        "id": case["id"],
        "started_at": "2026-11-22T10:00:00Z",
        "ask": {
            "url": request["url"],
            "origin": case["page_origin"],
            "method": request["method"],
            "headers": request["headers"],
            "credentials": request["credentials"],
            "redirect": request.get("redirect").cloned().unwrap_or_else(|| json!("follow")),
        },
        "probes": probes,
    })
}
