//! The pages for people: modules, the last failures, and one failure in full. Everything foreign is escaped.

use std::fmt::Write as _;

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::history::History;
use crate::report::Entry;
use crate::report::escape::{html as escape, terminal};
use crate::report::human::{self, HumanOptions};
use crate::suite::Modules;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}\
pre{white-space:pre-wrap;overflow-wrap:anywhere}code{font-family:ui-monospace,monospace}";

/// A page that can load nothing and be framed by nobody.
pub(super) fn html(body: String) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], Html(body)).into_response()
}

pub(super) fn index(modules: &Modules, history: &History) -> String {
    let mut body = String::from("<h1>whycors</h1><p><a href=\"/metrics\">metrics</a></p><h2>Modules</h2><ul>");
    for name in modules.by_name.keys() {
        let _ = write!(body, "<li><code>/probe?module={}&amp;target=…</code></li>", escape(name));
    }
    body.push_str("</ul><h2>The last failures</h2>");
    if history.newest().next().is_none() {
        body.push_str("<p>None since the start.</p>");
        return document(&body);
    }
    body.push_str("<table><thead><tr><th scope=\"col\">When</th><th scope=\"col\">Request</th><th scope=\"col\">Cause</th><th scope=\"col\">Not met</th></tr></thead><tbody>");
    for (number, entry) in history.newest() {
        let cause = entry.report.diagnosis.as_ref().map_or("", |d| d.cause.as_str());
        let shortfalls = entry.check.as_ref().map(|c| c.shortfalls.join("; ")).unwrap_or_default();
        let _ = write!(
            body,
            "<tr><td>{}</td><td><a href=\"/failures/{number}\">{}</a></td><td><code>{}</code></td><td>{}</td></tr>",
            escape(entry.report.started_at.as_deref().unwrap_or_default()),
            escape(&terminal(&entry.report.request_line())),
            escape(cause),
            escape(&terminal(&shortfalls)),
        );
    }
    body.push_str("</tbody></table>");
    document(&body)
}

pub(super) fn failure(entry: &Entry) -> String {
    let text = human::write(&entry.report, &HumanOptions { verbose: 1, ..HumanOptions::default() });
    document(&format!("<p><a href=\"/\">all failures</a></p><pre>{}</pre>", escape(&text)))
}

fn document(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>whycors</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )
}
