//! The exchanges, each with its headers, its body and a bar of its time.

use std::fmt::Write as _;

use super::super::Report;
use super::super::escape::{html, html_lines};
use super::super::words::{answerer, kebab, result, telling};
use super::milliseconds;
use super::single::Sections;
use crate::evidence::{Probe, Response, Timing};

/// How much of a body is shown.
const BODY: usize = 4000;
/// Width of a bar, in its own units.
const WIDTH: f64 = 152.0;

/// The section; nothing when nothing was sent.
pub(super) fn write(page: &mut Sections<'_>, report: &Report) {
    if report.probes.is_empty() {
        return;
    }
    page.open("probes", "Every exchange");
    page.push("<p class=\"legend\">");
    for (class, name) in [("dns", "name"), ("connect", "connect"), ("tls", "TLS"), ("wait", "answer")] {
        let _ = write!(
            page.out,
            "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect width=\"10\" height=\"10\" class=\"bar-{class}\"/></svg> {name}</span>"
        );
    }
    page.push("</p>\n");
    let longest = report.probes.iter().filter_map(|p| p.timing_ms.total).fold(1.0, f64::max);
    for probe in &report.probes {
        exchange(page, report, probe, longest);
    }
    page.close();
}

fn exchange(page: &mut Sections<'_>, report: &Report, probe: &Probe, longest: f64) {
    let id = html(&probe.id);
    let took = probe.timing_ms.total.map(milliseconds).unwrap_or_default();
    let _ = writeln!(
        page.out,
        "<details class=\"probe\" id=\"{}{id}\"><summary><b>{id}</b><span>{} <code>{} {}</code> <span class=\"soft\">{}</span></span><span class=\"number\">{took}</span>{}</summary><div class=\"inside\">",
        page.prefix,
        html(&kebab(&probe.purpose).replace('-', " ")),
        html(&probe.request.method),
        html(&probe.request.url),
        html(&result(report, probe)),
        bar(probe.timing_ms, longest)
    );
    if let Some((layers, sign)) = answerer(report, probe) {
        let names: Vec<String> = layers.iter().map(|layer| html(layer.title())).collect();
        let sign = if sign.is_empty() { String::new() } else { format!(" <span class=\"soft\">({})</span>", html(&sign)) };
        let _ = writeln!(page.out, "<p>Answered by {}{sign}.</p>", names.join(" → "));
    }
    connection(page.out, probe);
    headers(page.out, "Request", &probe.request.headers, |_| false);
    if let Some(response) = &probe.response {
        answer(page.out, response);
    }
    page.push("</div></details>\n");
}

fn connection(out: &mut String, probe: &Probe) {
    let mut lines: Vec<(String, String)> = Vec::new();
    if let Some(dns) = &probe.dns {
        let path: Vec<&str> = dns.chain.iter().chain(&dns.addresses).map(String::as_str).collect();
        lines.push(("name".into(), format!("{} {}", dns.rcode, path.join(" → "))));
    }
    if let Some(connection) = &probe.connection {
        let reused = if connection.reused { " (reused)" } else { "" };
        lines.push(("address".into(), format!("{}{reused}", connection.address)));
        lines.extend(connection.proxy.clone().map(|proxy| ("proxy".into(), proxy)));
    }
    if let Some(tls) = &probe.tls {
        lines.push((
            "certificate".into(),
            format!("{}, for {}, by {}, until {}", tls.version, tls.names.join(", "), tls.issuer, tls.not_after),
        ));
    }
    headers(out, "Connection", &lines, |_| false);
}

fn answer(out: &mut String, response: &Response) {
    let told: Vec<&str> = telling(response).map(|(name, _)| name.as_str()).collect();
    let title = format!("Response {} {}", response.http_version.as_deref().unwrap_or_default(), response.status);
    headers(out, &title, &response.headers, |name| told.contains(&name));
    if !response.body.is_empty() {
        let body: String = response.body.chars().take(BODY).collect();
        let more = if response.body_truncated || body.len() < response.body.len() { "\n…" } else { "" };
        let _ = writeln!(out, "<pre tabindex=\"0\" aria-label=\"Body\">{}{more}</pre>", html_lines(&body));
    }
}

fn headers(out: &mut String, title: &str, lines: &[(String, String)], told: impl Fn(&str) -> bool) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "<p class=\"soft\">{}</p><dl class=\"headers\">", html(title));
    for (name, value) in lines {
        let class = if told(name) { " class=\"told\"" } else { "" };
        let _ = writeln!(out, "<dt{class}>{}</dt><dd{class}>{}</dd>", html(name), html(value));
    }
    out.push_str("</dl>\n");
}

/// The phases as parts of a bar; the longest exchange fills it.
fn bar(timing: Timing, longest: f64) -> String {
    let scale = WIDTH / longest.max(1.0);
    let known = [("dns", timing.dns), ("connect", timing.connect), ("tls", timing.tls)];
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"{WIDTH}\" height=\"12\" rx=\"3\" class=\"bar-back\"/>"
    );
    let mut at = 0.0;
    let mut part = |class: &str, ms: f64| {
        let width = (ms.max(0.0) * scale).min(WIDTH - at).max(0.0);
        if width > 0.0 {
            let _ = write!(out, "<rect x=\"{at:.1}\" width=\"{width:.1}\" height=\"12\" class=\"bar-{class}\"/>");
        }
        at += width;
    };
    let spent: f64 = known.iter().filter_map(|(_, ms)| *ms).sum();
    for (class, ms) in known {
        part(class, ms.unwrap_or(0.0));
    }
    part("wait", timing.total.unwrap_or(0.0) - spent);
    out.push_str("</svg>");
    out
}
