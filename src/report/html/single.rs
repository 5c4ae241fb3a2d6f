//! The sections of one report: what happened, what was asked and answered, the cause, the fix, what browsers say.

use std::fmt::Write as _;

use super::super::Report;
use super::super::escape::{html, html_lines};
use super::super::words::{consoles, further_fix, kebab, spec_link, sure};
use super::{diagram, extras, probes};
use crate::cause::{Fix, Severity, Snippet};
use crate::diagnose::{Diagnosis, Reason};
use crate::verdict::Check;

/// A page under way.
pub(super) struct Sections<'o> {
    pub(super) out: &'o mut String,
    /// Level of the sections' headings.
    pub(super) level: u8,
    /// In front of every id.
    pub(super) prefix: &'o str,
}

impl Sections<'_> {
    /// Opens a card with a heading.
    pub(super) fn open(&mut self, id: &str, heading: &str) {
        let (prefix, level) = (self.prefix, self.level);
        // Within a page of many, a section is no landmark: a hundred of the same name lead nowhere.
        let landmark =
            if self.landmarks() { format!("<section class=\"card\" aria-labelledby=\"{id}\">") } else { "<div class=\"card\">".into() };
        let _ = writeln!(self.out, "{landmark}<h{level} id=\"{prefix}{id}\">{heading}</h{level}>");
    }

    pub(super) fn close(&mut self) {
        self.out.push_str(if self.landmarks() { "</section>\n" } else { "</div>\n" });
    }

    /// Whether this report is the whole page.
    fn landmarks(&self) -> bool {
        self.prefix.is_empty()
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// All sections. Headings begin at a level; ids begin with a prefix, so that several reports fit on one page.
pub(super) fn write(out: &mut String, report: &Report, level: u8, prefix: &str) {
    let mut page = Sections { out, level, prefix };
    page.open("wire", "What happened");
    let picture = diagram::draw(report, prefix);
    page.push(&picture);
    page.close();
    if let Some(diagnosis) = &report.diagnosis {
        cause(&mut page, diagnosis);
        fixes(&mut page, diagnosis);
    }
    checks(&mut page, &report.verdict.checks);
    console(&mut page, report);
    findings(&mut page, report);
    report.samples.iter().for_each(|samples| extras::samples(&mut page, samples));
    report.map.iter().for_each(|map| extras::map(&mut page, map));
    probes::write(&mut page, report);
}

fn cause(page: &mut Sections<'_>, diagnosis: &Diagnosis) {
    page.open("cause", "The real cause");
    let mood = if diagnosis.cors_rules { "the CORS rules" } else { "not the CORS rules" };
    let _ = writeln!(
        page.out,
        "<p><code>{}</code> <span class=\"chip\">{}</span> <span class=\"chip\">{}</span> <span class=\"chip\">{mood}</span></p>",
        html(&diagnosis.cause),
        sure(diagnosis.confidence),
        html(diagnosis.layer.title())
    );
    paragraphs(page.out, &diagnosis.explanation);
    if !diagnosis.evidence.is_empty() {
        page.push("<ul>\n");
        for citation in &diagnosis.evidence {
            let probe = citation.probe.as_ref().map(|id| format!("<a href=\"#{}{1}\">{1}</a> ", page.prefix, html(id))).unwrap_or_default();
            let _ = writeln!(page.out, "<li>{probe}<code>{}</code></li>", html(&citation.says));
        }
        page.push("</ul>\n");
    }
    reasons(page.out, "It could also be", &diagnosis.alternatives);
    reasons(page.out, "Ruled out", &diagnosis.ruled_out);
    page.close();
}

fn reasons(out: &mut String, heading: &str, reasons: &[Reason]) {
    if reasons.is_empty() {
        return;
    }
    let _ = writeln!(out, "<details><summary>{heading} ({})</summary><ul>", reasons.len());
    for reason in reasons {
        let _ = writeln!(out, "<li><code>{}</code> {}</li>", html(&reason.cause), html(&reason.because));
    }
    out.push_str("</ul></details>\n");
}

fn paragraphs(out: &mut String, text: &str) {
    for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(out, "<p>{}</p>", html(line));
    }
}

fn fixes(page: &mut Sections<'_>, diagnosis: &Diagnosis) {
    if diagnosis.fixes.is_empty() {
        return;
    }
    page.open("fix", "The fix");
    for (number, fix) in diagnosis.fixes.iter().enumerate() {
        one_fix(page, fix, number);
    }
    page.close();
}

fn one_fix(page: &mut Sections<'_>, fix: &Fix, number: usize) {
    let (class, sign) = if fix.verified == Some(true) { ("good", "✓ ") } else { ("warn", "") };
    let proven = fix.mark().map(|mark| format!(" <span class=\"chip {class}\">{sign}{mark}</span>")).unwrap_or_default();
    let (which, title) = if number == 0 { ("", &*fix.title) } else { further_fix(&fix.title) };
    let colon = if which.is_empty() { "" } else { ": " };
    let level = page.level + 1;
    let _ = writeln!(page.out, "<div class=\"fix\"><h{level}>{which}{colon}{}{proven}</h{level}>", html(title));
    paragraphs(page.out, &fix.detail);
    if let Some(check) = &fix.check {
        paragraphs(page.out, &check.says);
    }
    let (first, others) = fix.snippets.split_at(fix.snippets.len().min(1));
    for snippet in first {
        code(page.out, snippet);
    }
    for snippet in others {
        let _ = writeln!(page.out, "<details class=\"more\"><summary>{}</summary>", html(label(snippet)));
        code(page.out, snippet);
        page.push("</details>\n");
    }
    page.push("</div>\n");
}

fn label(snippet: &Snippet) -> &str {
    if snippet.label.is_empty() { &snippet.language } else { &snippet.label }
}

/// A block to copy.
fn code(out: &mut String, snippet: &Snippet) {
    let _ = writeln!(
        out,
        "<figure class=\"snippet\"><figcaption>{0}</figcaption><button type=\"button\" class=\"copy\" aria-label=\"Copy {0}\" hidden>Copy</button><pre tabindex=\"0\" aria-label=\"{0}\">{1}</pre></figure>",
        html(label(snippet)),
        html_lines(snippet.code.trim_end())
    );
}

fn checks(page: &mut Sections<'_>, checks: &[Check]) {
    if checks.is_empty() {
        return;
    }
    page.open("checks", "Asked and answered");
    page.push("<div class=\"scroll\"><table><caption>The checks that the Fetch standard makes of the deciding answer</caption><thead><tr><th scope=\"col\">check</th><th scope=\"col\">asked</th><th scope=\"col\">answered</th><th scope=\"col\" class=\"mark\">ok</th></tr></thead><tbody>\n");
    for check in checks {
        let (mood, mark, word) = if check.passed { ("good", "✓", "yes") } else { ("bad", "✗", "no") };
        let asked = if check.name == "allow-headers" { header_chips(check) } else { format!("<code>{}</code>", html(&check.expected)) };
        let _ = writeln!(
            page.out,
            "<tr class=\"{mood}\"><th scope=\"row\"><a href=\"{}\" rel=\"noreferrer\">{}</a></th><td>{asked}</td><td><code>{}</code></td><td class=\"mark\"><span aria-hidden=\"true\">{mark}</span><span class=\"visually-hidden\">{word}</span></td></tr>",
            html(spec_link(check)),
            html(&check.name.replace('-', " ")),
            html(&check.found)
        );
    }
    page.push("</tbody></table></div>\n");
    page.close();
}

/// The asked header names, those that the answer lists marked.
fn header_chips(check: &Check) -> String {
    let listed = |name: &str| check.passed || check.found.split(',').any(|item| item.trim().eq_ignore_ascii_case(name));
    let chip = |name: &str| {
        let (mood, mark, word) =
            if listed(name) { ("good", "✓", "") } else { ("bad", "✗", "<span class=\"visually-hidden\"> is not listed</span>") };
        format!("<span class=\"chip {mood}\"><span aria-hidden=\"true\">{mark} </span>{}{word}</span>", html(name))
    };
    check.expected.split(',').map(str::trim).filter(|name| !name.is_empty()).map(chip).collect::<Vec<_>>().join(" ")
}

fn console(page: &mut Sections<'_>, report: &Report) {
    let told: Vec<_> = consoles(report).into_iter().filter(|(_, verdict)| verdict.allowed == Some(false)).collect();
    if told.is_empty() {
        return;
    }
    page.open("console", "What the browsers say");
    for (name, verdict) in told {
        let code = verdict.cors_error.as_ref().map(|code| format!(" <span class=\"chip\">{}</span>", html(code))).unwrap_or_default();
        let level = page.level + 1;
        let _ = writeln!(page.out, "<h{level}>{name}{code}</h{level}>");
        match &verdict.console {
            Some(text) => {
                let _ = writeln!(page.out, "<pre tabindex=\"0\" aria-label=\"Console of {name}\">{}</pre>", html_lines(text));
            }
            None => page.push("<p class=\"soft\">Nothing is printed.</p>\n"),
        }
    }
    page.close();
}

fn findings(page: &mut Sections<'_>, report: &Report) {
    if report.findings.is_empty() {
        return;
    }
    page.open("findings", "Also noticed");
    page.push("<ul>\n");
    for note in &report.findings {
        let mood = match note.severity {
            Severity::Error => "bad",
            Severity::Warning => "warn",
            Severity::Note => "",
        };
        let fix = note.fix.as_ref().map(|fix| format!(" <span class=\"soft\">{}</span>", html(fix))).unwrap_or_default();
        let _ = writeln!(
            page.out,
            "<li><span class=\"chip {mood}\">{}</span> <code>{}</code> {}{fix}</li>",
            kebab(&note.severity),
            html(&note.code),
            html(&note.message)
        );
    }
    page.push("</ul>\n");
    page.close();
}
