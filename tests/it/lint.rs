//! `whycors lint` and `whycors suggest` over the configurations of `fixtures/s3-cors`: every finding with its place, the exit
//! status, the forms of output, and that what is suggested passes its own lint.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/s3-cors");

fn whycors(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_whycors"))
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn lint(file: &str, more: &[&str]) -> (Option<i32>, Value) {
    let path = format!("{FOLDER}/{file}");
    let output = whycors(&[&["lint", &path, "--format", "json"], more].concat(), "");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|f| format!("{}:{} {} {}", f["line"], f["column"], f["severity"].as_str().unwrap(), f["code"].as_str().unwrap()))
        .collect()
}

#[test]
fn every_fixture_has_its_findings() {
    for (file, status, found) in [
        ("good.json", 0, &[][..]),
        (
            "stray-comma.json",
            1,
            &[
                "2:3 note etag-not-exposed",
                "10:13 error trailing-comma",
                "13:7 warning any-origin-writes",
                "13:7 note any-origin-no-credentials",
            ],
        ),
        ("empty-origin.json", 1, &["2:3 note etag-not-exposed", "5:24 error empty-origin", "10:24 note any-origin-no-credentials"]),
        ("template.yaml", 1, &["12:43 error origin-trailing-slash", "15:17 error options-method", "17:13 error unknown-key"]),
        (
            "main.tf",
            1,
            &[
                "5:24 warning sdk-headers-missing",
                "7:36 error origin-without-scheme",
                "15:3 warning terraform-legacy-block",
                "17:24 note any-origin-no-credentials",
            ],
        ),
        (
            "main.tf.json",
            1,
            &[
                "7:43 error origin-without-scheme",
                "9:15 error unknown-key",
                "19:22 warning terraform-legacy-block",
                "19:43 note any-origin-no-credentials",
            ],
        ),
        (
            "rules.xml",
            1,
            &[
                "2:1 note xml-not-for-console",
                "4:20 error origin-path",
                "4:20 note plain-http-origin",
                "5:20 error method-case",
                "7:19 error expose-wildcard",
            ],
        ),
    ] {
        let (code, report) = lint(file, &[]);
        assert_eq!((code, places(&report)), (Some(status), found.iter().map(|s| (*s).to_owned()).collect()), "{file}");
        assert_eq!(report["valid"], Value::Bool(status == 0), "{file}");
    }
}

#[test]
fn a_caret_stands_under_the_stray_comma() {
    let path = format!("{FOLDER}/stray-comma.json");
    let text = told(&whycors(&["lint", &path], ""));
    let at = text.find("error[trailing-comma]").unwrap();
    let lines: Vec<&str> = text[at..].lines().skip(3).take(2).collect();
    assert_eq!(lines, ["10 |       \"POST\",", "   |             ^"], "{text}");
}

#[test]
fn the_trace_says_what_failed_on_which_value() {
    let (code, report) = lint("good.json", &["--origin", "https://app.example.com", "--method", "PUT", "--header", "x-amz-acl"]);
    assert_eq!((code, &report["trace"]["rule"]), (Some(0), &Value::from(0)));
    let (code, report) = lint("empty-origin.json", &["--origin", "https://app.example.com", "--method", "PUT"]);
    let rules = &report["trace"]["rules"];
    assert_eq!((code, &rules[0]["failed_on"], &rules[1]["failed_on"]), (Some(1), &"origin".into(), &"method".into()));
    assert_eq!(report["trace"]["reply"]["error_code"], "AccessForbidden");
    let (code, report) = lint("main.tf", &["--origin", "https://x.test", "--resource", "aws_s3_bucket.assets"]);
    assert_eq!((code, &report["trace"]["allowed"]), (Some(1), &Value::from(true)));
}

#[test]
fn rules_that_only_the_deployment_knows_are_no_mistake() {
    for text in [
        "module \"m\" {\n  cors_rule = var.rules\n}",
        "resource \"aws_s3_bucket_cors_configuration\" \"b\" {\n  dynamic \"cors_rule\" {\n    for_each = var.r\n  }\n}",
        "{\"module\": {\"m\": {\"cors_rule\": \"${var.rules}\"}}}",
        "CorsConfiguration:\n  CorsRules: !Ref Rules\n",
        "CorsConfiguration:\n  CorsRules:\n    - !Ref Rule\n",
    ] {
        let output = whycors(&["lint", "-", "--format", "json"], text);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), report["findings"].as_array().map(Vec::len)), (Some(0), Some(1)), "{text} {report}");
        assert_eq!(report["findings"][0]["code"], "unknown-until-deployed");
        let output = whycors(&["lint", "-", "--origin", "https://a.test"], text);
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).contains("at deployment")), (Some(2), true), "{text}");
    }
}

#[test]
fn remarks_and_repetitions_in_xml() {
    let text = "<CORSConfiguration><CORSRule><ID>a</ID><ID>b</ID><AllowedOrigin><!-- the app -->https://a.test</AllowedOrigin>\n\
                <AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>5</MaxAgeSeconds><MaxAgeSeconds>6</MaxAgeSeconds></CORSRule></CORSConfiguration>";
    let output = whycors(&["lint", "-", "--format", "json", "--origin", "https://a.test"], text);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(places(&report), ["1:1 note xml-not-for-console", "1:40 error duplicate-key", "2:67 error duplicate-key"]);
    assert_eq!(report["trace"]["allowed"], true);
}

#[test]
fn advice_names_the_keys_of_the_form() {
    const RULE: &str = "{\"AllowedOrigins\": [\"https://a.test\"], \"AllowedMethods\": [\"PUT\"]}";
    for (text, keys) in [
        (format!("[{RULE}]"), ["AllowedHeaders", "ExposeHeaders"]),
        (format!("{{\"CorsConfiguration\": {{\"CorsRules\": [{RULE}]}}}}"), ["AllowedHeaders", "ExposedHeaders"]),
        (
            "cors_rule {\n  allowed_origins = [\"https://a.test\"]\n  allowed_methods = [\"PUT\"]\n}".into(),
            ["allowed_headers", "expose_headers"],
        ),
    ] {
        let report: Value = serde_json::from_slice(&whycors(&["lint", "-", "--format", "json"], &text).stdout).unwrap();
        let fixes: Vec<&str> = report["findings"].as_array().unwrap().iter().map(|f| f["fix"].as_str().unwrap()).collect();
        assert_eq!(fixes, [format!("add \"Content-Type\" to {}", keys[0]), format!("add \"ETag\" to {}", keys[1])], "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_usage() {
    let path = format!("{FOLDER}/main.tf");
    for (args, input, words) in [
        (&["lint", "/nowhere.json"][..], "", "cannot read /nowhere.json"),
        (&["lint", "-"], "hello", "none of the known forms"),
        (&["lint", "-"], "", "it is empty"),
        (&["lint", "-", "--method", "PUT"], "[]", "--origin"),
        (&["lint", &path, "--origin", "https://x.test"], "", "--resource"),
        (&["lint", "-", "--origin", "https://x.test", "--header", "-x-a"], "[]", "\"-x-a\" looks like an option"),
        (&["suggest", "--origin", "https://x.test", "--header", "--credentials"], "", "\"--credentials\" looks like an option"),
        (&["suggest", "--origin", "https://x.test", "--expose", "a b"], "", "--expose: \"a b\" is not a header name"),
        (&["s3", "s3://media/k", "--origin", "https://x.test"], "", "write media"),
        (&["probe", "http://127.0.0.1:9/", "--timeout", "-5"], "", "--timeout \"-5\": not a time"),
        (&["suggest", "--origin", "https://x.test", "--method", "PATCH"], "", "PATCH"),
    ] {
        let output = whycors(args, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{args:?} {error}");
        assert!(error.contains(words) && output.stdout.is_empty(), "{args:?} {error}");
    }
}

#[test]
fn other_outputs_hold_the_same_findings() {
    let path = format!("{FOLDER}/stray-comma.json");
    let github = told(&whycors(&["lint", &path, "--format", "github"], ""));
    assert_eq!(github.lines().filter(|line| line.starts_with("::")).count(), 4, "{github}");
    let sarif: Value = serde_json::from_str(&told(&whycors(&["lint", &path, "--format", "sarif"], ""))).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(4));
}

#[test]
fn what_is_suggested_passes_its_own_lint_and_allows_the_request() {
    let request =
        ["--origin", "https://new.example.com", "--method", "PUT", "--header", "content-type: image/png", "--header", "x-amz-acl"];
    for form in ["console", "xml", "cloudformation", "sam", "terraform", "terraform-json"] {
        for config in [None, Some("good.json"), Some("stray-comma.json"), Some("empty-origin.json"), Some("rules.xml")] {
            let path = config.map(|file| format!("{FOLDER}/{file}"));
            let given: Vec<&str> = path.iter().flat_map(|path| ["--config", path]).collect();
            let text = told(&whycors(&[&["suggest", "--form", form, "--expose", "ETag"][..], &request, &given].concat(), ""));
            let output = whycors(&[&["lint", "-", "--format", "json"][..], &request].concat(), &text);
            assert_eq!(output.status.code(), Some(0), "{form} {config:?}\n{text}\n{}", told(&output));
        }
    }
}

#[test]
fn a_blocked_report_becomes_a_configuration() {
    let report = r#"{"ask": {"url": "https://up.s3.eu-west-1.amazonaws.com/k", "origin": "https://a.test", "method": "PUT",
        "headers": [["content-type", "image/png"]]}, "target": {"kind": "s3", "bucket": "up"}, "verdict": {"allowed": false}}"#;
    let text = told(&whycors(&["suggest", "--from", "-", "--form", "cli"], report));
    for part in ["--bucket up ", "\"https://a.test\"", "\"content-type\"", "\"PUT\""] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn every_fixture_is_listed() {
    let files = std::fs::read_dir(Path::new(FOLDER)).unwrap().count();
    assert_eq!(files, 7, "add the new configuration to the table above");
}
