#![allow(clippy::disallowed_methods, reason = "the fixtures are files")]
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::{Hints, Intake, IntakeError, Meaning, read};
use crate::web::Origin;

/// A file of `fixtures/intake`: expectations, `---`, and the text as pasted.
struct Pasted {
    name: String,
    origin: Option<String>,
    expected: Vec<String>,
    error: Option<String>,
    text: String,
}

fn pasted() -> Vec<Pasted> {
    let mut files: Vec<_> = std::fs::read_dir(Path::new("fixtures/intake")).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| parse(path)).collect()
}

fn parse(path: &Path) -> Pasted {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let whole = std::fs::read_to_string(path).unwrap();
    let (head, text) = whole.split_once("---\n").unwrap_or_else(|| panic!("{name} has no ---"));
    let mut pasted = Pasted { name, origin: None, expected: Vec::new(), error: None, text: text.to_owned() };
    for line in head.lines() {
        match line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", pasted.name)) {
            ("origin", value) => pasted.origin = Some(value.to_owned()),
            ("expect", value) => pasted.expected.push(value.to_owned()),
            ("error", value) => pasted.error = Some(value.to_owned()),
            _ => panic!("{}: {line}", pasted.name),
        }
    }
    pasted
}

fn understand(pasted: &Pasted) -> Result<Vec<Intake>, IntakeError> {
    let origin = pasted.origin.as_deref().map(|o| Origin::parse(o).unwrap());
    read(&pasted.text, &Hints { origin, fallback: None })
}

/// The line that is shown, and what it leaves out: values, modes, records.
fn line(item: &Intake) -> String {
    let mut line = format!("{:?} {}", item.source, item.understood);
    match &item.meaning {
        Meaning::Ask { ask, recorded } => {
            for (name, value) in &ask.headers {
                if let Some(value) = value {
                    let _ = write!(line, " | {name}: {value}");
                }
            }
            if ask.redirect != crate::ask::Redirect::Follow {
                let _ = write!(line, " | redirect {:?}", ask.redirect);
            }
            if let Some(evidence) = recorded {
                let seen = evidence.probes.iter().map(|p| {
                    let answer = p.response.as_ref().map(|r| r.status.to_string());
                    let failure = p.failure.as_ref().map(|f| format!("{:?}", f.kind));
                    format!("{:?}{} {}", p.purpose, p.hop, answer.or(failure).unwrap_or_default())
                });
                let _ = write!(line, " | recorded {}", seen.collect::<Vec<_>>().join(", "));
            }
        }
        Meaning::Lookalike(found) => {
            let _ = write!(line, " | {}", found.cause());
        }
        Meaning::LeftOut => line.push_str(" | left out"),
    }
    line
}

#[test]
fn understands_what_is_pasted() {
    let mut wrong = Vec::new();
    let files = pasted();
    for file in &files {
        match (understand(file), &file.error) {
            (Ok(items), None) => {
                let got: Vec<String> = items.iter().map(line).collect();
                if got != file.expected {
                    wrong.push(format!("{}:\n   wanted {:#?}\n   got    {got:#?}", file.name, file.expected));
                }
            }
            (Err(error), Some(wanted)) => {
                let error = error.to_string();
                if !error.contains(wanted) || error.contains('\n') {
                    wrong.push(format!("{}: wanted the error {wanted:?}, got {error:?}", file.name));
                }
            }
            (Ok(items), Some(wanted)) => wrong.push(format!("{}: wanted the error {wanted:?}, got {items:?}", file.name)),
            (Err(error), None) => wrong.push(format!("{}: {error}", file.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files.len() >= 60, "{} inputs", files.len());
}

#[test]
fn every_beginning_of_a_paste_is_survived() {
    for file in pasted() {
        let step = file.text.len() / 200 + 1;
        for end in (0..file.text.len()).step_by(step).filter(|end| file.text.is_char_boundary(*end)) {
            let _ = read(&file.text[..end], &Hints::default());
            let _ = read(&file.text[end..], &Hints { origin: Some(Origin::null()), fallback: None });
        }
    }
}

#[test]
fn an_error_shows_no_secret() {
    for text in [
        "curl 'ftp://user:hunter2@h/?token=s3cr3t'",
        "fetch('/x?token=s3cr3t')",
        "nonsense ?token=s3cr3t",
        "curl -H 'Authorization: Bearer s3cr3t123'",
    ] {
        let error = read(text, &Hints::default()).unwrap_err().to_string();
        assert!(!error.contains("s3cr3t") && !error.contains("hunter2"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_survived(text in r#"(curl |fetch\(|Invoke-WebRequest |-H |--data-raw |https://a\.example/|Access to fetch at |from origin |blocked by CORS policy|Cross-Origin Request Blocked|Origin |[\^'"`$\\{}()\[\]:;,= \n\r&-]|\{"log":\{"entries":\[|é|[a-z]{1,5}){0,30}"#) {
        let _ = read(&text, &Hints::default());
        let _ = read(&text, &Hints { origin: Some(Origin::null()), fallback: None });
    }

    #[test]
    fn any_change_of_a_paste_is_survived(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in "[\\x00-\\x7f]|\\PC|[\\^'\"\\\\{}]") {
        let files = pasted();
        let mut text = files[which.index(files.len())].text.clone();
        let mut at = at.index(text.len());
        while !text.is_char_boundary(at) { at -= 1; }
        text.insert_str(at, &with);
        let _ = read(&text, &Hints::default());
    }
}

#[test]
fn what_an_archive_has_no_room_for_is_told() {
    let entry = |path: usize, origin: &str, status: u16| {
        let headers = format!(r#"[{{"name": "Origin", "value": "{origin}"}}]"#);
        format!(
            r#"{{"request": {{"method": "GET", "url": "https://api.example.com/{path}", "headers": {headers}}}, "response": {{"status": {status}}}}}"#
        )
    };
    let archive = |entries: Vec<String>| format!(r#"{{"log": {{"entries": [{}]}}}}"#, entries.join(","));
    let told = |entries: Vec<String>| {
        let items = read(&archive(entries), &Hints::default()).unwrap();
        items.into_iter().filter(|item| item.meaning == Meaning::LeftOut).map(|item| item.understood).collect::<Vec<_>>()
    };
    let failed = |count: usize| (0..count).map(|path| entry(path, "https://app.example.com", 403)).collect::<Vec<_>>();
    assert_eq!(told(failed(3)), [""; 0]);
    let [many] = told(failed(1005)).try_into().unwrap();
    assert!(
        many.starts_with("5 failed requests of the HAR file were left out: 1000 are taken at most; filter the network panel"),
        "{many}"
    );
    // Requests to the page's own origin are nobody's trouble, but fill the file.
    let mut full = failed(1);
    full.extend((1..20_007).map(|path| entry(path, "https://api.example.com", 200)));
    let [over] = told(full).try_into().unwrap();
    assert!(over.starts_with("7 entries of the HAR file were left out: 20,000 of them and 64 MiB are kept at most; "), "{over}");
}
