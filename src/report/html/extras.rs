//! What was asked for besides: the map of what the endpoint lets through, and each answer of several.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::escape::html;
use super::super::samples::Samples;
use super::milliseconds;
use super::single::Sections;
use crate::allow_map::AllowMap;

/// Origins against methods, then header names.
pub(super) fn map(page: &mut Sections<'_>, map: &AllowMap) {
    page.open("map", "What the endpoint lets through");
    let methods: BTreeSet<&str> = map.cells.iter().map(|cell| cell.method.as_str()).collect();
    let mut origins: Vec<&str> = map.cells.iter().map(|cell| cell.origin.as_str()).collect();
    origins.dedup();
    page.push("<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th scope=\"col\">origin</th>");
    for method in &methods {
        let _ = write!(page.out, "<th scope=\"col\">{}</th>", html(method));
    }
    page.push("</tr></thead><tbody>\n");
    for origin in origins {
        let _ = write!(page.out, "<tr><th scope=\"row\">{}</th>", html(origin));
        for method in &methods {
            let cell = map.cells.iter().find(|cell| cell.origin == origin && cell.method == *method);
            let _ = write!(page.out, "<td>{}</td>", cell.map(|cell| chip(cell.allowed, "")).unwrap_or_default());
        }
        page.push("</tr>\n");
    }
    page.push("</tbody></table></div>\n");
    let headers: Vec<String> = map.headers.iter().map(|header| chip(header.allowed, &header.name)).collect();
    let _ = writeln!(page.out, "<p>Request headers: {}</p>", headers.join(" "));
    let exposed = if map.exposed.is_empty() { "nothing but the safelisted ones".into() } else { map.exposed.join(", ") };
    let _ = writeln!(page.out, "<p>Exposed: {}</p><p class=\"soft\">{}</p>", html(&exposed), html(&map.guess));
    page.close();
}

/// A mark with its word for those who do not see it, and a name.
fn chip(allowed: Option<bool>, name: &str) -> String {
    let (mood, mark, word) = match allowed {
        Some(true) => ("good", "✓", "allowed"),
        Some(false) => ("bad", "✗", "blocked"),
        None => ("warn", "?", "unknown"),
    };
    let name = if name.is_empty() { String::new() } else { format!(" {}", html(name)) };
    format!(
        "<span class=\"chip {mood}\"><span aria-hidden=\"true\">{mark}</span>{name}<span class=\"visually-hidden\"> {word}</span></span>"
    )
}

/// A row for each answer.
pub(super) fn samples(page: &mut Sections<'_>, samples: &Samples) {
    page.open("samples", "Each answer");
    page.push("<div class=\"scroll\"><table><thead><tr>");
    for heading in ["address", "round", "browser", "answer", "allow-origin", "cache", "time"] {
        let _ = write!(page.out, "<th scope=\"col\">{heading}</th>");
    }
    page.push("</tr></thead><tbody>\n");
    for row in &samples.rows {
        let answer = row.status.map(|status| status.to_string()).or_else(|| row.failure.as_ref().map(|failure| failure.detail.clone()));
        let cache = [&row.edge, &row.cache].into_iter().flatten().map(|text| html(text)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            page.out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{cache}</td><td class=\"number\">{}</td></tr>",
            if row.address.is_empty() { "no address".into() } else { html(&row.address) },
            row.round,
            chip(row.passes, ""),
            html(&answer.unwrap_or_default()),
            html(row.allow_origin.as_deref().unwrap_or_default()),
            row.total_ms.map(milliseconds).unwrap_or_default()
        );
    }
    page.push("</tbody></table></div>\n");
    let differ = match samples.differ.as_slice() {
        [] => "All answers are alike, as seen from here and now.".to_owned(),
        differ => format!("They differ in {}.", differ.join(", ")),
    };
    let _ = writeln!(page.out, "<p>{}</p>", html(&differ));
    page.close();
}
