//! Entries of `AllowedOrigins` that no browser's `Origin` can match, and placeholders that were never filled in.

use super::{Findings, Lint};
use crate::aws::s3::cors::config::Config;
use crate::aws::s3::cors::never_an_origin;
use crate::cause::Severity::{Error, Warning};
use crate::web::placeholder;

/// Origins that no browser sends.
pub(super) static ORIGINS: Lint = Lint { check: origins };
/// Templates that nobody filled in.
pub(super) static PLACEHOLDERS: Lint = Lint { check: placeholders };

fn origins(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        for text in rule.origins.iter().filter(|text| !text.opaque && unfilled(&text.value).is_none()) {
            let Some(never) = never_an_origin(&text.value) else { continue };
            // Two wildcards are refused anyway.
            if text.value.matches('*').count() > 1 {
                continue;
            }
            let shown = if text.value.is_empty() { "the empty string" } else { &text.value };
            let message = format!("{shown} can never match a browser's Origin: {}", never.why);
            // Whether S3 compares capitals is not documented.
            let severity = if never.code == "origin-uppercase" { Warning } else { Error };
            let fix = never.meant.map(|meant| format!("write {meant}"));
            let fix = fix.unwrap_or_else(|| "write scheme, host and (unless it is the default) port: https://app.example.com".into());
            findings.add(never.code, severity, (Some(index), text.span), message, fix);
        }
    }
}

fn placeholders(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        for text in rule.origins.iter().chain(&rule.headers).chain(&rule.expose).filter(|text| !text.opaque) {
            if let Some(found) = unfilled(&text.value) {
                let message = format!("{found} was never filled in: it can never match");
                findings.add("placeholder", Error, (Some(index), text.span), message, "put the real value there");
            }
        }
    }
}

/// The placeholder in a value. `null` is an origin that browsers do send.
fn unfilled(value: &str) -> Option<String> {
    let angle = || value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(name, _)| format!("<{name}>"));
    placeholder::find(value).filter(|found| found != "null").or_else(angle)
}

#[cfg(test)]
mod tests {
    use super::super::testing::codes;

    #[test]
    fn every_way_not_to_match_has_its_code() {
        for (origin, code) in [
            ("", "empty-origin"),
            ("https://a.test/", "origin-trailing-slash"),
            ("https://a.test/app", "origin-path"),
            ("https://A.test", "origin-uppercase"),
            ("a.test", "origin-without-scheme"),
            ("https://a.test ", "origin-whitespace"),
            ("https://a.test:443", "origin-default-port"),
            ("https://a.test,https://b.test", "origin-list-in-one-string"),
            ("https://{{HOST}}", "placeholder"),
            ("https://<your-domain>", "placeholder"),
            ("undefined", "placeholder"),
        ] {
            assert_eq!(codes(&format!("{origin:?}"), "\"GET\"", ""), [code], "{origin}");
        }
    }
}
