//! Variables in the place of options, in the real binary: lists have one item a line, as a block of YAML ends them.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn whycors(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(arguments).env_clear().envs(variables.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_list_has_one_item_a_line() {
    for (headers, expose) in [("x-a\nx-b: 1\n", "etag\n x-c \n\n"), ("x-a\r\nx-b: 1", "etag\r\nx-c\r\n"), ("x-a\nx-b: 1", "etag,x-c")] {
        let variables = [("WHYCORS_ORIGIN", "https://a.test"), ("WHYCORS_HEADER", headers), ("WHYCORS_EXPOSE", expose)];
        let rules: Value = serde_json::from_slice(&whycors(&["suggest"], &variables, "").stdout).unwrap();
        let rule = &rules[0];
        assert_eq!(
            (&rule["AllowedHeaders"], &rule["ExposeHeaders"]),
            (&serde_json::json!(["x-a", "x-b"]), &serde_json::json!(["etag", "x-c"]))
        );
    }
}

#[test]
fn the_command_line_wins_over_a_list() {
    let variables = [("WHYCORS_ORIGIN", "https://a.test"), ("WHYCORS_HEADER", "x-a\nx-b\n")];
    let rules: Value = serde_json::from_slice(&whycors(&["suggest", "--header", "x-c"], &variables, "").stdout).unwrap();
    assert_eq!(rules[0]["AllowedHeaders"], serde_json::json!(["x-c"]));
}

#[test]
fn every_report_of_a_list_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let reports = format!("json={}\njunit={}\n", file("a.json"), file("c.xml"));
    let evidence = r#"{"ask": {"url": "https://a.test/", "origin": "https://b.test", "method": "GET", "headers": []},
        "probes": [{"purpose": "actual", "response": {"status": 200, "headers": [], "body": ""}}]}"#;
    let output = whycors(&["replay", "-"], &[("WHYCORS_REPORT", &reports)], evidence);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["a.json", "c.xml"] {
        assert!(std::fs::metadata(file(name)).unwrap().len() > 100, "{name}");
    }
}
