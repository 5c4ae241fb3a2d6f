//! The commands of the lab, as people run them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn whycors(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whycors")).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn one_world_in_full() {
    let output = whycors(&["demo", "s3-upload-global-endpoint"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}{}", text(&output.stderr));
    for wanted in ["the CORS rules are not the problem", "s3-wrong-region-redirect (confirmed)", "✓ verified by a probe", "us-west-2"] {
        assert!(shown.contains(wanted), "{wanted} is not in\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "colour in a pipe");
}

#[test]
fn one_world_as_json() {
    let output = whycors(&["demo", "story/s3-bucket-without-cors", "--format", "json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["summary"]["matched"], 1);
    assert_eq!(value["worlds"][0]["cause"], "s3-cors-not-configured");
    assert_eq!(value["worlds"][0]["browser"]["cors_error"], "PreflightMissingAllowOriginHeader");
}

#[test]
fn an_unknown_world_is_told_with_the_nearest() {
    let output = whycors(&["demo", "s3-uplaod-global-endpoint"]);
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("did you mean story/s3-upload-global-endpoint?"), "{said}");
}

/// A process that ends with its test, however that ends.
struct Gone(Child);

impl Drop for Gone {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_lines_of_the_lab_work() {
    // What the first line of each world has to tell; a header that no script may set has no options of `probe`.
    let worlds = [
        ("story/s3-upload-global-endpoint", "s3-wrong-region-redirect"),
        ("cause/answers-alternate", "answers-alternate"),
        ("cause/missing-expose-header", "missing-expose-header"),
        ("cause/apigw-unsupported-media-type", "apigw-unsupported-media-type"),
        ("cause/apigw-forbidden-waf", "apigw-forbidden-waf"),
        ("cause/forbidden-header", "forbidden-header"),
    ];
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_whycors"));
    let mut lab = Command::new(binary);
    lab.arg("lab").args(worlds.map(|(name, _)| name)).env("NO_COLOR", "1").stdout(Stdio::piped());
    let mut lab = Gone(lab.spawn().unwrap());
    let lines: Vec<String> =
        BufReader::new(lab.0.stdout.take().unwrap()).lines().map_while(Result::ok).take_while(|line| !line.contains("Ctrl-C")).collect();
    let mut told = Vec::new();
    for (name, code) in worlds {
        let at = lines.iter().position(|line| line.starts_with(&format!("{name}: "))).unwrap_or_else(|| panic!("{lines:?}"));
        let output = Command::new("/bin/sh")
            .args(["-c", &lines[at + 1]])
            .env("PATH", binary.parent().unwrap())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        told.push((output.status.code(), code, text(&output.stdout), text(&output.stderr), &lines[at + 1]));
    }
    for (status, code, shown, complaint, line) in &told {
        assert!(*status != Some(2) && shown.contains(code), "{line}\n{shown}{complaint}");
    }
}

#[test]
fn an_entry_of_the_catalogue() {
    let shown = text(&whycors(&["explain", "s3-cors-not-configured"]).stdout);
    for heading in ["What happened", "Why the browser hides it", "How to tell", "Fix", "Sources"] {
        assert!(shown.contains(heading), "{shown}");
    }
    let list = text(&whycors(&["explain"]).stdout);
    assert!(list.contains("s3-cors-not-configured") && list.contains("Amazon S3"));
    let codes = text(&whycors(&["explain", "-q"]).stdout);
    assert!(codes.lines().count() > 40 && codes.lines().all(|line| !line.contains(' ')), "{codes}");
    let json: Value = serde_json::from_slice(&whycors(&["explain", "s3-cors-not-configured", "--format", "json"]).stdout).unwrap();
    assert_eq!((&json["kind"], &json["layer"]), (&Value::from("cause"), &Value::from("s3")));
    let unknown = whycors(&["explain", "s3-cors-not-configure"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean s3-cors-not-configured?"));
}
