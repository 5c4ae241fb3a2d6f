//! One self-contained page, made for looking rather than reading. It loads nothing, and a content security policy holds it
//! to that; every foreign text is escaped.

mod diagram;
mod extras;
mod many;
mod probes;
mod single;

use std::fmt::Write as _;

use super::escape::html;
use super::words::first_line;
use super::{Batch, Report};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Tabs and search pages show no more.
const LONGEST_TITLE: usize = 70;

/// The page.
pub fn write(batch: &Batch) -> String {
    let (title, body) = match batch.results.as_slice() {
        [only] if batch.alone => (title(&only.report), alone(batch, &only.report)),
        _ => (many::title(batch), many::write(batch)),
    };
    let footer = format!("Made by {} {}.", html(&batch.tool.name), html(&batch.tool.version));
    fill(PAGE, &[("title", &html(&title)), ("style", STYLE), ("script", SCRIPT), ("body", &body), ("footer", &footer)])
}

/// What a tab of the browser shows.
fn title(report: &Report) -> String {
    let what = report.diagnosis.as_ref().map_or_else(|| report.ask.sent_method(), |diagnosis| diagnosis.cause.clone());
    let text = format!("{}: {what} at {}", word(report), report.ask.url.host_str().unwrap_or_default());
    text.chars().take(LONGEST_TITLE).collect()
}

/// The template with its `{names}` filled in, each once; what is filled in is not looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| Some((values.iter().find(|(n, _)| *n == name)?.1, tail)));
        if let Some((value, tail)) = known {
            out.push_str(value);
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn alone(batch: &Batch, report: &Report) -> String {
    let mut out = brand(report.started_at.as_deref(), batch.summary.duration_ms);
    out.push_str("<main>\n");
    let _ = writeln!(
        out,
        "<section class=\"banner {}\" aria-labelledby=\"verdict\">{}<h1 id=\"verdict\">{}</h1>{}</section>",
        mood(report),
        icon(report),
        html(&first_line(report)),
        request(report)
    );
    single::write(&mut out, report, 2, "");
    out.push_str("</main>\n");
    out
}

/// Who made it and when.
fn brand(started: Option<&str>, duration_ms: Option<f64>) -> String {
    let when = started.map(|at| format!("<time datetime=\"{0}\">{0}</time>", html(at))).unwrap_or_default();
    let took = duration_ms.map(|ms| format!(", took {}", milliseconds(ms))).unwrap_or_default();
    format!("<header class=\"brand\"><span><b>whycors</b> report</span><span>{when}{took}</span></header>\n")
}

/// What was asked, in short.
fn request(report: &Report) -> String {
    let ask = &report.ask;
    let mut out = format!("<p><code>{} {}</code></p>", html(&ask.sent_method()), html(ask.url.as_str()));
    let _ = write!(out, "<p>from <code>{}</code>", html(ask.origin.as_str()));
    for (name, value) in &ask.headers {
        let title = value.as_ref().map(|value| format!(" title=\"{}\"", html(value))).unwrap_or_default();
        let _ = write!(out, " <span class=\"chip\"{title}>{}</span>", html(name));
    }
    if ask.with_credentials() {
        out.push_str(" <span class=\"chip warn\">credentials</span>");
    }
    if ask.upload_listener {
        out.push_str(" <span class=\"chip\">upload listener</span>");
    }
    out.push_str("</p>");
    out
}

/// The class of a verdict.
fn mood(report: &Report) -> &'static str {
    match (report.verdict.allowed, &report.diagnosis) {
        (Some(true), None) => "good",
        (Some(true), Some(_)) | (None, _) => "warn",
        (Some(false), _) => "bad",
    }
}

/// A tick, a cross or a question mark, besides the colour.
fn icon(report: &Report) -> &'static str {
    match report.verdict.allowed {
        Some(true) => {
            r#"<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11" fill="var(--mood)"/><path d="M6.5 12.5l3.7 3.7 7.3-8" fill="none" stroke="var(--card)" stroke-width="2.6"/></svg>"#
        }
        Some(false) => {
            r#"<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11" fill="var(--mood)"/><path d="M7.5 7.5l9 9m0-9l-9 9" fill="none" stroke="var(--card)" stroke-width="2.6"/></svg>"#
        }
        None => {
            r#"<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11" fill="var(--mood)"/><path d="M8.6 9.2c0-4.6 7-4.4 6.6-.2-.2 2.4-3.2 2.5-3.2 5.2m0 2.2v2.4" fill="none" stroke="var(--card)" stroke-width="2.4"/></svg>"#
        }
    }
}

/// The word of a verdict.
fn word(report: &Report) -> &'static str {
    match report.verdict.allowed {
        Some(true) => "allowed",
        Some(false) => "blocked",
        None => "unknown",
    }
}

fn milliseconds(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use sha2::{Digest as _, Sha256};

    use super::super::testing::{allowed, blocked, checked};
    use super::super::{Batch, Entry};
    use super::*;

    fn check_page(page: &str) {
        assert!(!page.contains("<img") && !page.contains("</script><img"), "a server's tag came through");
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</script>").count(), 1);
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
        for outside in ["src=", "@import", "url(", "style=\"", " onclick", "http-equiv=\"refresh"] {
            assert!(
                !page.contains(&format!(" {outside}"))
                    || outside == "src=" && page.matches("src=").count() == page.matches("img src=x").count(),
                "{outside}"
            );
        }
    }

    #[test]
    fn a_page_loads_nothing_and_lets_nothing_through() {
        check_page(&write(&Batch::one(blocked())));
        check_page(&write(&Batch::one(allowed())));
        let mut entries = vec![checked("a <img> \"b\"", Some(false)), checked("c", Some(true))];
        entries.push(Entry { report: blocked(), check: None });
        check_page(&write(&Batch::of(entries, Some(10.0))));
        check_page(&write(&Batch::of(Vec::new(), None)));
    }

    #[test]
    fn the_policy_names_the_script_and_the_style() {
        for (directive, text) in [("style-src", STYLE), ("script-src", SCRIPT)] {
            let wanted = format!("{directive} 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
            assert!(PAGE.contains(&wanted), "page.html has to say {wanted}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        assert_eq!(fill("{a}{b}{c}", &[("a", "{b}"), ("b", "x")]), "{b}x{c}");
    }
}
