//! The reports of parts joined again by the real binary: from files and pipes, whole or stopped, or missing.
#![cfg(unix)]

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs the binary in a folder with this standard input; its status, its output as JSON, and what it said.
fn whycors(folder: &Path, arguments: &[&str], input: &str) -> (Option<i32>, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(arguments).args(["--format", "json"]).current_dir(folder).env_clear();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who takes nothing from it may have gone.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), report, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A folder with a file of checks that are as expected, and the report of its run.
fn part() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let checks = format!("[[check]]\nurl = \"http://127.9.0.1:{port}/\"\norigin = \"https://app.example.com\"\nexpect = \"blocked\"\n");
    std::fs::write(folder.path().join("checks.toml"), checks).unwrap();
    let (status, report, _) = whycors(folder.path(), &["check", "checks.toml", "--no-follow-up"], "");
    assert_eq!((status, &report["summary"]["complete"]), (Some(0), &Value::Bool(true)));
    let text = serde_json::to_string_pretty(&report).unwrap();
    (folder, text)
}

#[test]
fn a_part_can_come_through_a_pipe() {
    let (folder, part) = part();
    let report: Value = serde_json::from_str(&part).unwrap();
    let line = report["results"][0].to_string();
    let one = serde_json::to_string_pretty(&report["results"][0]).unwrap();
    for (form, total) in
        [(part.clone(), 1), (report.to_string(), 1), (format!("{line}\n\n{line}"), 2), (format!("\u{feff}{line}\n"), 1), (one, 1)]
    {
        for file in ["-", "/dev/stdin"] {
            let (status, merged, said) = whycors(folder.path(), &["merge", file], &form);
            assert_eq!((status, &merged["summary"]["total"]), (Some(0), &Value::from(total)), "{said}{form}");
        }
    }
    let (status, report, said) = whycors(folder.path(), &["check", "checks.toml", "--no-follow-up", "--baseline", "/dev/stdin"], &part);
    assert_eq!((status, &report["changes"]), (Some(0), &Value::Array(Vec::new())), "{said}");
}

#[test]
fn a_part_that_nobody_wrote_is_no_success() {
    let (folder, part) = part();
    std::fs::write(folder.path().join("part-0.json"), &part).unwrap();
    for nothing in ["", "\n \n", "\u{feff}"] {
        std::fs::write(folder.path().join("part-1.json"), nothing).unwrap();
        for files in [&["merge", "part-1.json"][..], &["merge", "part-0.json", "part-1.json"]] {
            let (status, _, said) = whycors(folder.path(), files, "");
            assert!(status == Some(2) && said.contains("part-1.json: there is no report in it"), "{nothing:?}: {said}");
        }
    }
    std::fs::write(folder.path().join("part-1.json"), &part[..part.len() / 2]).unwrap();
    let (status, _, said) = whycors(folder.path(), &["merge", "part-0.json", "part-1.json"], "");
    assert!(status == Some(2) && said.contains("part-1.json, line "), "{said}");
}

#[test]
fn a_part_that_was_stopped_leaves_the_whole_open() {
    let (folder, part) = part();
    std::fs::write(folder.path().join("part-0.json"), &part).unwrap();
    std::fs::write(folder.path().join("part-1.json"), part.replace("\"complete\": true", "\"complete\": false")).unwrap();
    let (status, merged, said) = whycors(folder.path(), &["merge", "part-0.json", "part-1.json"], "");
    assert_eq!((status, &merged["summary"]["complete"], &merged["summary"]["total"]), (Some(3), &Value::Bool(false), &Value::from(2)));
    assert!(said.contains("part-1.json: its run was stopped") && !said.contains("part-0.json"), "{said}");
    // Earlier reports did not say.
    std::fs::write(folder.path().join("part-1.json"), part.replace("\"complete\": true,", "")).unwrap();
    assert_eq!(whycors(folder.path(), &["merge", "part-1.json"], "").0, Some(0));
}
