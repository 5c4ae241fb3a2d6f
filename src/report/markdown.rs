//! A report to paste into an issue or a chat. Every foreign text is a code span or escaped.

use std::fmt::Write as _;

use super::escape::{markdown, markdown_block, markdown_code as code};
use super::words::{answerer, browsers_own, consoles, first_line, kebab, result, sentence, spec_link, sure, telling};
use super::{Batch, Entry, Report};
use crate::diagnose::Diagnosis;
use crate::evidence::{Probe, Purpose};

/// Failures told in full; the others have their row.
const IN_FULL: usize = 20;

/// The most rows, failures first: a job summary of GitHub holds a mebibyte.
const ROWS: usize = 500;

/// All reports: one in full, several as a table with the failures below it.
pub fn write(batch: &Batch) -> String {
    let mut out = String::new();
    match batch.results.as_slice() {
        [only] if batch.alone => in_full(&mut out, &only.report, "##"),
        _ => several(&mut out, batch),
    }
    let _ = writeln!(out, "\n<sub>{} {}</sub>", batch.tool.name, batch.tool.version);
    out
}

fn several(out: &mut String, batch: &Batch) {
    let _ = writeln!(out, "## {}\n", batch.summary.sentence());
    out.push_str("| | request | browser | cause |\n|---|---|---|---|\n");
    let mut rows: Vec<&Entry> = batch.results.iter().collect();
    if rows.len() > ROWS {
        rows.sort_by_key(|entry| !entry.failed());
    }
    for entry in rows.iter().take(ROWS) {
        let cause = entry.report.diagnosis.as_ref().map_or("", |d| d.cause.as_str());
        let cause = if cause.is_empty() { String::new() } else { code(cause) };
        let _ = writeln!(out, "| {} | {} | {} | {cause} |", mark(entry), markdown(&entry.name()), allowed(&entry.report));
    }
    if rows.len() > ROWS {
        let _ = writeln!(out, "\n{} more are not listed.", rows.len() - ROWS);
    }
    changes(out, batch);
    let failed: Vec<&Entry> = batch.results.iter().filter(|entry| entry.failed()).collect();
    for entry in failed.iter().take(IN_FULL) {
        let _ = writeln!(out, "\n<details><summary>{}</summary>\n", super::escape::html(&entry.name()));
        for shortfall in entry.check.iter().flat_map(|check| &check.shortfalls) {
            let _ = writeln!(out, "- {}", markdown(shortfall));
        }
        out.push('\n');
        in_full(out, &entry.report, "###");
        out.push_str("\n</details>\n");
    }
    if failed.len() > IN_FULL {
        let _ = writeln!(out, "\n{} more are not shown in full.", failed.len() - IN_FULL);
    }
}

fn changes(out: &mut String, batch: &Batch) {
    let Some(changes) = &batch.changes else { return };
    if changes.is_empty() {
        out.push_str("\nNothing changed since the baseline.\n");
        return;
    }
    out.push_str("\n**Changed since the baseline**\n\n");
    for change in changes.iter().take(ROWS) {
        let _ = writeln!(out, "- {}: {} → {}", markdown(&change.name), markdown(&change.before), markdown(&change.now));
    }
    if changes.len() > ROWS {
        let _ = writeln!(out, "\n{} more changes are not listed.", changes.len() - ROWS);
    }
}

/// A code span in a table, where a bar would end the cell in code as well.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

fn mark(entry: &Entry) -> &'static str {
    match (entry.failed(), entry.is_open()) {
        (true, _) => "❌",
        (false, true) => "❔",
        (false, false) => "✅",
    }
}

fn allowed(report: &Report) -> &'static str {
    match report.verdict.allowed {
        Some(true) => "allowed",
        Some(false) => "blocked",
        None => "unknown",
    }
}

fn in_full(out: &mut String, report: &Report, heading: &str) {
    let _ = writeln!(out, "{heading} {}\n", markdown(&first_line(report)));
    request(out, report);
    if let Some(diagnosis) = &report.diagnosis {
        cause(out, diagnosis);
        fixes(out, diagnosis);
    }
    checks(out, report);
    wire(out, report);
    console(out, report);
    findings(out, report);
}

fn request(out: &mut String, report: &Report) {
    let ask = &report.ask;
    let _ = write!(out, "{} from {}", code(&format!("{} {}", ask.sent_method(), ask.url)), code(ask.origin.as_str()));
    if !ask.headers.is_empty() {
        let names: Vec<String> = ask.headers.iter().map(|(name, _)| code(name)).collect();
        let _ = write!(out, " with {}", names.join(", "));
    }
    out.push_str(if ask.with_credentials() { ", credentials included\n" } else { "\n" });
}

fn cause(out: &mut String, diagnosis: &Diagnosis) {
    let _ = writeln!(out, "\n**Cause:** {} ({}; {})\n", code(&diagnosis.cause), sure(diagnosis.confidence), diagnosis.layer.title());
    let _ = writeln!(out, "{}\n", paragraphs(&diagnosis.explanation));
    for citation in &diagnosis.evidence {
        let probe = citation.probe.as_ref().map(|p| format!("{p}: ")).unwrap_or_default();
        let _ = writeln!(out, "- {}{}", markdown(&probe), code(&citation.says));
    }
    for other in &diagnosis.alternatives {
        let _ = writeln!(out, "- or {}: {}", code(&other.cause), markdown(&other.because));
    }
    for other in &diagnosis.ruled_out {
        let _ = writeln!(out, "- not {}: {}", code(&other.cause), markdown(&other.because));
    }
}

fn fixes(out: &mut String, diagnosis: &Diagnosis) {
    for fix in &diagnosis.fixes {
        let proven = fix.mark().map(|mark| format!(" ({mark})")).unwrap_or_default();
        let _ = writeln!(out, "\n**Fix:** {}{proven}\n", markdown(&fix.title));
        if !fix.detail.is_empty() {
            let _ = writeln!(out, "{}\n", paragraphs(&fix.detail));
        }
        if let Some(check) = &fix.check {
            let _ = writeln!(out, "{}\n", paragraphs(&check.says));
        }
        for (number, snippet) in fix.snippets.iter().enumerate() {
            let label = if snippet.label.is_empty() { &snippet.language } else { &snippet.label };
            let block = markdown_block(&snippet.language, &snippet.code);
            // One is shown, the others are there for those who deploy in another way.
            let _ = match number {
                0 => writeln!(out, "{}:\n\n{block}", markdown(label)),
                _ => writeln!(out, "<details><summary>{}</summary>\n\n{block}\n</details>\n", super::escape::html(label)),
            };
        }
    }
}

fn paragraphs(text: &str) -> String {
    text.split('\n').map(markdown).collect::<Vec<_>>().join("\n")
}

fn checks(out: &mut String, report: &Report) {
    if report.verdict.checks.is_empty() {
        return;
    }
    out.push_str("\n| | check | asked | answered |\n|---|---|---|---|\n");
    for check in &report.verdict.checks {
        let mark = if check.passed { "✅" } else { "❌" };
        let _ = writeln!(
            out,
            "| {mark} | [{}]({}) | {} | {} |",
            markdown(&check.name),
            spec_link(check).replace([' ', ')', '|'], ""),
            cell(&check.expected),
            cell(&check.found)
        );
    }
}

fn wire(out: &mut String, report: &Report) {
    if report.probes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n<details><summary>On the wire ({} probes)</summary>\n", report.probes.len());
    out.push_str("| probe | purpose | request | answer | by | ms |\n|---|---|---|---|---|---|\n");
    for probe in &report.probes {
        let by =
            answerer(report, probe).map(|(layers, _)| layers.iter().map(|l| l.title()).collect::<Vec<_>>().join(" → ")).unwrap_or_default();
        let time = probe.timing_ms.total.map(|ms| format!("{ms:.0}")).unwrap_or_default();
        let request = format!("{} {}", probe.request.method, probe.request.url);
        let purpose = kebab(&probe.purpose);
        let _ = writeln!(
            out,
            "| {} | {purpose} | {} | {} | {} | {time} |",
            markdown(&probe.id),
            cell(&request),
            markdown(&result(report, probe)),
            markdown(&by)
        );
    }
    for probe in browsers_own(report) {
        headers(out, probe);
    }
    out.push_str("\n</details>\n");
}

fn headers(out: &mut String, probe: &Probe) {
    let Some(response) = &probe.response else { return };
    let name = if probe.purpose == Purpose::Preflight { "preflight" } else { "actual request" };
    let _ = writeln!(out, "\nAnswer to the {name}:\n");
    let mut lines: Vec<String> = telling(response).map(|(name, value)| format!("{name}: {value}")).collect();
    lines.insert(0, format!("{} {}", response.http_version.as_deref().unwrap_or("HTTP"), response.status));
    lines.extend(sentence(response).map(|text| format!("\n{text}")));
    out.push_str(&markdown_block("", &lines.join("\n")));
}

fn console(out: &mut String, report: &Report) {
    for (name, verdict) in consoles(report) {
        if let Some(text) = verdict.console.as_ref().filter(|_| verdict.allowed == Some(false)) {
            let _ = writeln!(out, "\n{name} says:\n\n{}", markdown_block("", text).trim_end());
        }
    }
}

fn findings(out: &mut String, report: &Report) {
    if report.findings.is_empty() {
        return;
    }
    out.push_str("\n**Also noticed**\n\n");
    for note in &report.findings {
        let fix = note.fix.as_ref().map(|fix| format!(" {}", markdown(fix))).unwrap_or_default();
        let _ = writeln!(out, "- {} {}: {}{fix}", kebab(&note.severity), code(&note.code), markdown(&note.message));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Change;
    use super::super::testing::{allowed, blocked, checked};
    use super::*;

    /// What is neither in a code span nor in a block of code.
    fn outside(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('`') {
            out.push_str(&rest[..at]);
            let fence: String = rest[at..].chars().take_while(|c| *c == '`').collect();
            let inside = &rest[at + fence.len()..];
            let end = (0..inside.len()).find(|end| {
                inside.is_char_boundary(*end)
                    && inside[*end..].starts_with(&fence)
                    && !inside[*end + fence.len()..].starts_with('`')
                    && !inside[..*end].ends_with('`')
            });
            rest = &inside[end.unwrap() + fence.len()..];
        }
        out + rest
    }

    #[test]
    fn foreign_text_stays_text() {
        let text = write(&Batch::one(blocked()));
        let prose = outside(&text);
        assert!(!prose.contains("<img") && !prose.contains("</script") && prose.contains("&lt;img"), "{prose}");
        assert!(text.starts_with("## Blocked, but the CORS rules are not the problem"), "{text}");
        assert!(text.contains("**Fix:** Use the regional endpoint") && !text.contains('\u{1b}'));
    }

    #[test]
    fn what_changed_is_told() {
        let mut batch = Batch::of(vec![checked("c", Some(true))], None);
        for (changes, words) in [
            (vec![], "\nNothing changed since the baseline.\n"),
            (
                vec![Change { name: "a <b>".into(), before: "allowed".into(), now: "absent".into() }],
                "\n**Changed since the baseline**\n\n- a &lt;b&gt;: allowed → absent\n",
            ),
        ] {
            batch.changes = Some(changes);
            assert!(write(&batch).contains(words), "{}", write(&batch));
        }
    }

    #[test]
    fn many_are_a_table_with_failures_below() {
        let text = write(&Batch::of(vec![checked("a | b", Some(false)), checked("c", Some(true))], None));
        assert!(text.contains("| ❌ | a \\| b | blocked |") && text.contains("| ✅ | c | allowed |"), "{text}");
        assert_eq!(text.matches("<details><summary>a | b").count(), 1);
        assert!(write(&Batch::one(allowed())).starts_with("## Allowed"));
    }
}
