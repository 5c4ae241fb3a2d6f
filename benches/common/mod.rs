//! Records to measure with: the observed cases of `fixtures/browser-verdicts`, as `whycors replay` reads them.

use serde_json::{Value, json};

/// One record a line.
pub(crate) fn records() -> Vec<String> {
    let text = include_str!("../../fixtures/browser-verdicts/sample.jsonl");
    text.lines().map(|line| record(&serde_json::from_str(line).unwrap_or_default()).to_string()).collect()
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
