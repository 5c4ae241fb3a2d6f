//! One answer alone, of each component that answers in its own way: the cause that it shows, whatever the case and the order of
//! its header lines.

use whycors::ask::Ask;
use whycors::evidence::{Evidence, Probe, Purpose, Response};
use whycors::inquiry::{Budget, Inquiry};
use whycors::web::Origin;

use crate::NOW;

const ROWS: &str = include_str!("../../fixtures/answers.txt");

/// `cause | OPTIONS PUT https://… (names) | 403 | name: value; … | body`.
struct Row<'a> {
    cause: &'a str,
    request: &'a str,
    status: u16,
    headers: Vec<(String, String)>,
    body: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    ROWS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(row).collect()
}

fn row(line: &'static str) -> Row<'static> {
    let parts: Vec<&str> = line.splitn(5, " | ").collect();
    let [cause, request, status, headers, body] = parts[..] else { panic!("{line}: five columns") };
    let header = |text: &str| text.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let headers = headers.split("; ").filter_map(header).collect();
    Row { cause, request, status: status.parse().unwrap(), headers, body }
}

impl Row<'_> {
    fn evidence(&self, headers: Vec<(String, String)>) -> Evidence {
        let (request, names) = self.request.split_once(" (").unwrap_or((self.request, ""));
        let words: Vec<&str> = request.split(' ').collect();
        let (purpose, method, url) = match words[..] {
            ["OPTIONS", method, url] => (Purpose::Preflight, method, url),
            [method, url] => (Purpose::Actual, method, url),
            _ => panic!("{}: a method and a URL", self.request),
        };
        let mut ask = Ask::get(url.parse().unwrap(), Origin::parse("https://app.example.com").unwrap());
        ask.method = method.into();
        ask.headers = names.trim_end_matches(')').split(',').filter(|n| !n.is_empty()).map(|n| (n.to_owned(), None)).collect();
        let response = Response { status: self.status, headers, body: self.body.into(), ..Response::default() };
        let probe = Probe { purpose, response: Some(response), ..Probe::default() };
        let mut evidence = Evidence { probes: vec![probe], ..Evidence::of(ask) };
        evidence.complete();
        evidence
    }
}

fn told(evidence: Evidence) -> String {
    let outcome = Inquiry::resume(evidence, Budget { max_probes: 0, ..Budget::default() }, NOW).conclude();
    outcome.conclusion.diagnosis.map_or_else(|| "none".to_owned(), |diagnosis| diagnosis.cause)
}

#[test]
fn one_answer_shows_its_cause_in_any_case_and_order() {
    let rows = rows();
    assert!(rows.len() > 100);
    let mut wrong = Vec::new();
    for row in &rows {
        let capitals = row.headers.iter().map(|(name, value)| (name.to_ascii_uppercase(), value.clone())).collect();
        let reversed = row.headers.iter().rev().cloned().collect();
        for (how, headers) in [("as it stands", row.headers.clone()), ("in capitals", capitals), ("reversed", reversed)] {
            let told = told(row.evidence(headers));
            if told != row.cause {
                wrong.push(format!("{} {} {}, {how}: {told}, not {}", row.request, row.status, row.body, row.cause));
            }
        }
    }
    assert!(wrong.is_empty(), "{} shortfalls\n{}", wrong.len(), wrong.join("\n"));
}
