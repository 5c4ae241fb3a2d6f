//! Rules that let in more than was probably meant.

use super::{Findings, Lint};
use crate::aws::s3::cors::config::{Config, Rule};
use crate::cause::Severity::{Note, Warning};

/// `*` and its like.
pub(super) static ANY_ORIGIN: Lint = Lint { check: any_origin };
/// Wildcards that cover strangers' names.
pub(super) static WILDCARDS: Lint = Lint { check: wildcards };
/// Pages without TLS, and the origin that every sandbox has.
pub(super) static PLAIN_HTTP: Lint = Lint { check: plain_http };

fn any_origin(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        let Some(text) = rule.origins.iter().find(|text| text.value == "*") else { continue };
        let writing = writing_methods(rule);
        if !writing.is_empty() {
            let message = format!("every website may send {} to this bucket", writing.join(", "));
            let fix = "name the origins that write; keep * for GET and HEAD in a rule of its own";
            findings.add("any-origin-writes", Warning, (Some(index), text.span), message, fix);
        }
        let message = "with * S3 sends no Access-Control-Allow-Credentials: a page that includes credentials (cookies) is refused";
        findings.add(
            "any-origin-no-credentials",
            Note,
            (Some(index), text.span),
            message,
            "name the origin if the page includes credentials",
        );
    }
}

fn writing_methods(rule: &Rule) -> Vec<&str> {
    rule.methods.iter().map(|text| text.value.as_str()).filter(|method| matches!(*method, "PUT" | "POST" | "DELETE")).collect()
}

fn wildcards(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        for text in rule.origins.iter().filter(|text| !text.opaque && text.value != "*") {
            let Some((start, end)) = text.value.split_once('*').filter(|(_, end)| !end.contains('*')) else { continue };
            let host = start.split_once("://").map_or(start, |(_, host)| host);
            let at = (Some(index), text.span);
            let value = &text.value;
            if end.trim_start_matches("://").is_empty() && host.is_empty() {
                let message = format!("{value} covers every website, and S3 answers it with Access-Control-Allow-Credentials: true");
                findings.add("any-origin-with-credentials", Warning, at, message, "name the origins, or write * to leave credentials out");
            } else if end.is_empty() && !host.ends_with(':') {
                let message = format!("{value} also covers {start}.attacker.example");
                findings.add("wildcard-open-end", Warning, at, message, "put the wildcard in front: https://*.example.com");
            } else if host.is_empty() && end.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                let message = format!("{value} also covers {start}attacker-{end}");
                findings.add("wildcard-without-dot", Warning, at, message, format!("write {start}*.{end}, and {start}{end} beside it"));
            }
        }
    }
}

fn plain_http(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        for text in rule.origins.iter().filter(|text| !text.opaque) {
            let at = (Some(index), text.span);
            if text.value == "null" {
                let message = "null is the origin of every sandboxed frame and local file, anybody's";
                findings.add("null-origin", Warning, at, message, "name the real origin");
            } else if let Some(host) = text.value.strip_prefix("http://").filter(|host| !is_local(host)) {
                let message = format!("{} has no TLS: whoever sits on the wire can act as that page", text.value);
                findings.add("plain-http-origin", Note, at, message, format!("use https://{host} where the page has it"));
            }
        }
    }
}

fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "localhost" | "[::1]" | "*" | "")
        || name.ends_with(".localhost")
        || name.starts_with("127.")
        || name.starts_with("192.168.")
        || name.starts_with("10.")
}

#[cfg(test)]
mod tests {
    use super::super::testing::codes;

    #[test]
    fn strangers_are_pointed_at() {
        for (origin, method, found) in [
            ("*", "GET", &["any-origin-no-credentials"][..]),
            ("*", "DELETE", &["any-origin-writes", "any-origin-no-credentials"]),
            ("https://*", "GET", &["any-origin-with-credentials"]),
            ("https://*a.test", "GET", &["wildcard-without-dot"]),
            ("https://a.test*", "GET", &["wildcard-open-end"]),
            ("https://a.*", "GET", &["wildcard-open-end"]),
            ("http://localhost:*", "GET", &[]),
            ("https://a.test:*", "GET", &[]),
            ("http://a.test", "GET", &["plain-http-origin"]),
            ("null", "GET", &["null-origin"]),
        ] {
            assert_eq!(codes(&format!("{origin:?}"), &format!("{method:?}"), ""), found, "{origin} {method}");
        }
    }
}
