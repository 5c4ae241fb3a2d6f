//! What whycors writes follows its schemas.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;
use whycors::report::{Batch, Checked, Entry, Report, schema};
use whycors::world::{World, simulate};

use crate::NOW;

fn validator(name: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(schema::schema(name).unwrap()).unwrap()).unwrap()
}

/// Fails with every slip of a document against a schema.
fn follows(validator: &jsonschema::Validator, document: &Value, what: &str) {
    let slips: Vec<_> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path)).collect();
    assert!(slips.is_empty(), "{what}: {}", slips.join("; "));
}

#[test]
fn every_report_follows_its_schema_and_reads_back() {
    let (report_schema, evidence_schema) = (validator("report"), validator("evidence"));
    let mut entries = Vec::new();
    for world in World::all().unwrap() {
        let report = Report::of(simulate(&world, NOW).unwrap(), Some(12.5));
        let written = serde_json::to_value(&report).unwrap();
        follows(&report_schema, &written, &world.name);
        follows(&evidence_schema, &written, &world.name);
        let again: Report = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(again).unwrap(), written, "{}", world.name);
        let check = Checked { name: world.name.clone(), met: Some(true), ..Checked::default() };
        entries.push(Entry { report, check: (entries.len() % 2 == 0).then_some(check) });
    }
    follows(&validator("check"), &serde_json::to_value(Batch::of(entries, None)).unwrap(), "the wrapper");
}

#[test]
fn a_lint_follows_its_schema() {
    for story in ["tutorial-rules-all-origins", "tutorial-rules-two"] {
        let text = std::fs::read_to_string(format!("fixtures/story/{story}.toml")).unwrap();
        let world: toml::Value = toml::from_str(&text).unwrap();
        let rules = world["bucket"][0]["cors"].as_str().unwrap();
        for trace in [&[][..], &["--origin", "https://app.example.com", "--method", "PUT"]] {
            let mut lint = Command::new(env!("CARGO_BIN_EXE_whycors"))
                .args(["lint", "-", "--format", "json"])
                .args(trace)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            lint.stdin.take().unwrap().write_all(rules.as_bytes()).unwrap();
            let output = lint.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{story}");
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            follows(&validator("lint"), &document, story);
            assert_eq!(document["trace"].is_null(), trace.is_empty());
        }
    }
}
