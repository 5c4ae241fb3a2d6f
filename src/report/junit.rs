//! JUnit XML, written so that it is valid by the strict schemas as well as the loose ones: no attributes on `testsuites`,
//! properties first, every required attribute there.

use std::fmt::Write as _;

use super::escape::{terminal_lines, xml};
use super::words::{first_line, result, sure};
use super::{Batch, Entry, Report};

/// One test suite with one case for each result.
pub fn write(batch: &Batch) -> String {
    let failures = batch.results.iter().filter(|entry| entry.failed()).count();
    let errors = batch.results.iter().filter(|entry| is_error(entry)).count();
    let took = batch.summary.duration_ms.unwrap_or_else(|| batch.reports().filter_map(|r| r.duration_ms).sum());
    let started =
        batch.reports().filter_map(|r| r.started_at.as_deref()).min().and_then(|text| text.get(..19)).unwrap_or("1970-01-01T00:00:00");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let _ = writeln!(
        out,
        "  <testsuite id=\"0\" name=\"whycors\" package=\"whycors\" hostname=\"localhost\" timestamp=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{}\">",
        xml(started),
        batch.results.len(),
        seconds(took)
    );
    let _ = writeln!(
        out,
        "    <properties>\n      <property name=\"whycors.version\" value=\"{}\"/>\n    </properties>",
        xml(&batch.tool.version)
    );
    for entry in &batch.results {
        case(&mut out, entry);
    }
    out.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n");
    out
}

/// Nothing is known, so the test did not come to its point.
fn is_error(entry: &Entry) -> bool {
    !entry.failed() && entry.is_open()
}

fn case(out: &mut String, entry: &Entry) {
    let report = &entry.report;
    let class = format!("whycors.{}", report.ask.url.host_str().unwrap_or("unknown").replace('.', "_"));
    let time = seconds(report.duration_ms.unwrap_or(0.0));
    let _ = write!(out, "    <testcase name=\"{}\" classname=\"{}\" time=\"{time}\"", xml(&entry.name()), xml(&class));
    let element = match (entry.failed(), is_error(entry)) {
        (true, _) => "failure",
        (_, true) => "error",
        _ => {
            out.push_str("/>\n");
            return;
        }
    };
    let shortfalls = entry.check.as_ref().map(|check| check.shortfalls.join("; ")).filter(|text| !text.is_empty());
    let message = shortfalls.unwrap_or_else(|| first_line(report));
    let kind = report.diagnosis.as_ref().map_or("inconclusive", |d| d.cause.as_str());
    let _ = writeln!(
        out,
        ">\n      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n    </testcase>",
        xml(kind),
        xml(&message),
        xml(&detail(report)).replace("&#10;", "\n")
    );
}

/// The report in short, as plain text.
fn detail(report: &Report) -> String {
    let mut text = format!("{}\n\n{} {}\nfrom {}\n", first_line(report), report.ask.sent_method(), report.ask.url, report.ask.origin);
    for probe in &report.probes {
        let _ = writeln!(text, "{} {} {}: {}", probe.id, probe.request.method, probe.request.url, result(report, probe));
    }
    if let Some(diagnosis) = &report.diagnosis {
        let _ = write!(text, "\n{} ({})\n{}\n", diagnosis.cause, sure(diagnosis.confidence), diagnosis.explanation);
        for citation in &diagnosis.evidence {
            let _ = writeln!(text, "- {}", citation.says);
        }
        for fix in &diagnosis.fixes {
            let _ = write!(text, "\nFix: {}\n{}\n", fix.title, fix.detail);
        }
    }
    terminal_lines(&text)
}

fn seconds(ms: f64) -> String {
    format!("{:.3}", (ms / 1000.0).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::checked;
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let mut inconclusive = checked("none", None);
        inconclusive.report.verdict.allowed = None;
        let text = write(&Batch::of(vec![checked("a \"<b>\" & 'c'", Some(false)), checked("ok", Some(true)), inconclusive], Some(1234.5)));
        let document = roxmltree::Document::parse(&text).unwrap();
        let suite = document.descendants().find(|n| n.has_tag_name("testsuite")).unwrap();
        assert_eq!((suite.attribute("tests"), suite.attribute("failures"), suite.attribute("errors")), (Some("3"), Some("1"), Some("1")));
        assert_eq!((suite.attribute("time"), suite.attribute("timestamp")), (Some("1.234"), Some("2026-11-22T10:00:00")));
        let names: Vec<_> = document.descendants().filter(|n| n.has_tag_name("testcase")).filter_map(|n| n.attribute("name")).collect();
        assert_eq!(names, ["a \"<b>\" & 'c'", "ok", "none"]);
        let failure = document.descendants().find(|n| n.has_tag_name("failure")).unwrap();
        assert_eq!(failure.attribute("type"), Some("s3-wrong-region-redirect"));
        assert!(failure.text().unwrap().contains("<img src=x") && !text.contains('\u{1b}'));
    }
}
