//! Many results: numbers, a matrix of endpoints against origins and methods, filters, and each result to open.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::escape::html;
use super::super::words::{first_line, kebab};
use super::super::{Batch, Entry};
use super::{brand, icon, mood, request, single, word};

/// Results that can be opened, failures first; the others stay in the matrix.
const IN_FULL: usize = 1000;
/// The most columns of a matrix that still can be looked at.
const COLUMNS: usize = 16;
/// Up to so many, a mark has room for the cause.
const NAMED_COLUMNS: usize = 4;
/// The most rows.
const ROWS: usize = 2000;

/// The title of the page.
pub(super) fn title(batch: &Batch) -> String {
    let failed = batch.results.iter().filter(|entry| entry.failed()).count();
    match (batch.results.len(), failed) {
        (0, _) => "No results".into(),
        (total, 0) => format!("{total} results, none failed"),
        (total, failed) => format!("{failed} of {total} results failed"),
    }
}

/// The body of the page.
pub(super) fn write(batch: &Batch) -> String {
    let started = batch.reports().filter_map(|r| r.started_at.as_deref()).min();
    let mut out = brand(started, batch.summary.duration_ms);
    let _ = writeln!(out, "<main>\n<h1>{}</h1>", html(&title(batch)));
    tiles(&mut out, batch);
    changes(&mut out, batch);
    let mut order: Vec<usize> = (0..batch.results.len()).collect();
    order.sort_by_key(|at| !batch.results[*at].failed());
    let shown = order.len().min(IN_FULL);
    filters(&mut out, batch);
    matrix(&mut out, batch, &order[..shown]);
    out.push_str("<h2 class=\"visually-hidden\">Results</h2>\n");
    for at in &order[..shown] {
        result(&mut out, &batch.results[*at], *at);
    }
    if shown < order.len() {
        let _ =
            writeln!(out, "<p class=\"soft\">{} more results are not shown in full; the JSON has all of them.</p>", order.len() - shown);
    }
    out.push_str("</main>\n");
    out
}

fn tiles(out: &mut String, batch: &Batch) {
    let summary = &batch.summary;
    if summary.total == 0 {
        return;
    }
    let tiles = [
        ("", summary.total, "requests"),
        ("good", summary.allowed, "allowed"),
        ("bad", summary.blocked, "blocked"),
        ("warn", summary.inconclusive, "unknown"),
        ("good", summary.met, "as expected"),
        ("bad", summary.unmet, "not as expected"),
        ("warn", summary.undecided, "undecided"),
    ];
    out.push_str("<ul class=\"tiles\">");
    for (mood, number, name) in tiles.into_iter().filter(|(_, number, _)| *number > 0) {
        let _ = write!(out, "<li class=\"{mood}\"><b>{number}</b>{name}</li>");
    }
    out.push_str("</ul>\n");
}

/// What is not as it was, and the form of a bucket's endpoint to use.
fn changes(out: &mut String, batch: &Batch) {
    if let Some(url) = batch.bucket.as_ref().and_then(|bucket| bucket.usable.as_ref()) {
        let _ = writeln!(out, "<p class=\"card\">A browser can use <code>{}</code></p>", html(url.as_str()));
    }
    let Some(changes) = &batch.changes else { return };
    out.push_str("<section class=\"card\" aria-labelledby=\"changes\"><h2 id=\"changes\">Changed since the baseline</h2>\n");
    if changes.is_empty() {
        out.push_str("<p>Nothing.</p>\n");
    } else {
        out.push_str("<ul>\n");
        for change in changes {
            let _ = writeln!(out, "<li>{}: {} → {}</li>", html(&change.name), html(&change.before), html(&change.now));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
}

fn filters(out: &mut String, batch: &Batch) {
    if batch.results.len() < 2 {
        return;
    }
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnosis in batch.reports().filter_map(|r| r.diagnosis.as_ref()) {
        *causes.entry(diagnosis.cause.as_str()).or_default() += 1;
    }
    out.push_str("<search class=\"card\"><div class=\"filters\" hidden>\n<label>Text <input type=\"search\" name=\"text\" placeholder=\"host, path, origin, check …\"></label>\n");
    out.push_str("<label>Verdict <select name=\"state\"><option value=\"\">all</option><option value=\"failed\">failed</option><option value=\"allowed\">allowed</option><option value=\"blocked\">blocked</option><option value=\"unknown\">unknown</option></select></label>\n");
    out.push_str("<label>Cause <select name=\"cause\"><option value=\"\">all</option>");
    for (cause, count) in causes {
        let _ = write!(out, "<option value=\"{0}\">{0} ({count})</option>", html(cause));
    }
    out.push_str(
        "</select></label>\n<button type=\"button\">Clear</button>\n<output id=\"shown\" aria-live=\"polite\"></output>\n</div></search>\n",
    );
}

/// An origin and a method: what a column stands for.
type Column = (String, String);

fn column(entry: &Entry) -> Column {
    (entry.report.ask.origin.as_str().to_owned(), entry.report.ask.sent_method())
}

fn matrix(out: &mut String, batch: &Batch, shown: &[usize]) {
    let columns: BTreeSet<Column> = shown.iter().map(|at| column(&batch.results[*at])).collect();
    if columns.is_empty() || columns.len() > COLUMNS {
        return;
    }
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in shown {
        rows.entry(batch.results[*at].report.plain_url()).or_default().push(*at);
    }
    out.push_str("<section class=\"card\" aria-labelledby=\"matrix\"><h2 id=\"matrix\">Endpoints and origins</h2><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table of endpoints and origins\"><table class=\"matrix\">");
    matrix_head(out, &columns);
    out.push_str("<tbody>\n");
    let named = columns.len() <= NAMED_COLUMNS;
    for (url, entries) in rows.iter().take(ROWS) {
        let _ = write!(out, "<tr data-row><th scope=\"row\">{}</th>", html(url.split_once("://").map_or(url.as_str(), |(_, rest)| rest)));
        for wanted in &columns {
            out.push_str("<td>");
            for at in entries.iter().filter(|at| column(&batch.results[**at]) == *wanted) {
                cell(out, &batch.results[*at], *at, named);
            }
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></section>\n");
}

/// The origins, and below each the methods that it asks for.
fn matrix_head(out: &mut String, columns: &BTreeSet<Column>) {
    out.push_str("<thead><tr><th scope=\"col\" rowspan=\"2\">endpoint</th>");
    let origins: BTreeSet<&str> = columns.iter().map(|(origin, _)| origin.as_str()).collect();
    for origin in origins {
        let methods = columns.iter().filter(|(its, _)| its == origin).count();
        let _ = write!(out, "<th scope=\"colgroup\" colspan=\"{methods}\">from {}</th>", html(origin));
    }
    out.push_str("</tr><tr>");
    for (_, method) in columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", html(method));
    }
    out.push_str("</tr></thead>\n");
}

/// A mark that leads to the result; where there is room, the cause below it.
fn cell(out: &mut String, entry: &Entry, at: usize, named: bool) {
    let mark = match entry.report.verdict.allowed {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "?",
    };
    let cause = entry.report.diagnosis.as_ref().map(|d| d.cause.as_str());
    let label = format!("{}, {}{}", entry.name(), word(&entry.report), cause.map(|c| format!(": {c}")).unwrap_or_default());
    let below = cause.filter(|_| named).map(|cause| format!("<small aria-hidden=\"true\">{}</small>", html(cause))).unwrap_or_default();
    let _ = write!(
        out,
        "<a href=\"#r{at}\" data-cell=\"{at}\" class=\"{}\" title=\"{1}\" aria-label=\"{1}\">{mark}{below}</a> ",
        tone(entry),
        html(&label)
    );
}

/// As expected is good, whatever the verdict.
fn tone(entry: &Entry) -> &'static str {
    match entry.check.as_ref().and_then(|check| check.met) {
        Some(true) => "good",
        Some(false) => "bad",
        None if entry.is_open() => "warn",
        None => mood(&entry.report),
    }
}

fn result(out: &mut String, entry: &Entry, at: usize) {
    let report = &entry.report;
    let cause = report.diagnosis.as_ref().map_or("", |d| d.cause.as_str());
    let text = format!(
        "{} {} {} {} {cause} {}",
        entry.name(),
        report.ask.sent_method(),
        report.plain_url(),
        report.ask.origin,
        kebab(&report.verdict.stage)
    );
    let _ = writeln!(
        out,
        "<details class=\"result {}\" id=\"r{at}\" data-result=\"{at}\" data-state=\"{}\" data-cause=\"{}\" data-text=\"{}\"><summary><b>{}</b><span>{}</span><span class=\"chip\">{}</span></summary><div class=\"inside\">",
        tone(entry),
        format_args!("{}{}", word(report), if entry.failed() { " failed" } else { "" }),
        html(cause),
        html(&text.to_lowercase()),
        word(report),
        html(&entry.name()),
        html(if cause.is_empty() { "no cause" } else { cause })
    );
    if let Some(check) = &entry.check {
        let expected = check.expected.as_ref().map(|e| format!("Expected: {}.", html(e))).unwrap_or_default();
        let _ = writeln!(out, "<p>{expected}</p>");
        for shortfall in &check.shortfalls {
            let _ = writeln!(out, "<p>{}</p>", html(shortfall));
        }
    }
    let _ = writeln!(
        out,
        "<div class=\"banner {}\">{}<h3>{}</h3>{}</div>",
        mood(report),
        icon(report),
        html(&first_line(report)),
        request(report)
    );
    single::write(out, report, 3, &format!("r{at}-"));
    out.push_str("</div></details>\n");
}
