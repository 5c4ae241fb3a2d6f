//! What S3 refuses to store, in its own words. Source: answers of `PutBucketCors` recorded against S3.

use super::{Findings, Lint};
use crate::aws::s3::cors::config::{Config, Document, Rule, Span, Text};
use crate::aws::s3::cors::engine::METHODS as KNOWN;
use crate::cause::Severity::{Error, Note, Warning};
use crate::web::header::is_token;

/// Methods that S3 does not have.
pub(super) static METHODS: Lint = Lint { check: methods };
/// Wildcards that S3 does not have.
pub(super) static WILDCARDS: Lint = Lint { check: wildcards };
/// Rules without origins or methods, configurations without rules.
pub(super) static INCOMPLETE: Lint = Lint { check: incomplete };
/// Header names that are none.
pub(super) static NAMES: Lint = Lint { check: names };
/// Too much of something.
pub(super) static LIMITS: Lint = Lint { check: limits };

const MALFORMED: &str = "The XML you provided was not well-formed or did not validate against our published schema";
const MOST_RULES: usize = 100;
const MOST_BYTES: usize = 65_536;
const LONGEST_ID: usize = 255;

fn methods(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        for method in rule.methods.iter().filter(|m| !m.opaque && !KNOWN.contains(&m.value.as_str())) {
            let message = format!("Found unsupported HTTP method in CORS config. Unsupported method is {}", method.value);
            let upper = method.value.trim().to_ascii_uppercase();
            let (code, fix) = match upper.as_str() {
                "OPTIONS" => ("options-method", "remove it: S3 answers preflights by itself".to_owned()),
                "*" => ("unsupported-method", format!("name the methods: {}", KNOWN.join(", "))),
                known if KNOWN.contains(&known) => ("method-case", format!("write {upper}")),
                _ => ("unsupported-method", format!("S3 knows {}", KNOWN.join(", "))),
            };
            findings.add(code, Error, (Some(index), method.span), message, fix);
        }
    }
}

fn wildcards(config: &Config, findings: &mut Findings) {
    let several = |text: &&Text| !text.opaque && text.value.matches('*').count() > 1;
    for (index, rule) in config.rules.iter().enumerate() {
        for (list, name, code) in
            [(&rule.origins, "AllowedOrigin", "origin-wildcards"), (&rule.headers, "AllowedHeader", "header-wildcards")]
        {
            for text in list.iter().filter(several) {
                let message = format!("{name} \"{}\" can not have more than one wildcard.", text.value);
                findings.add(code, Error, (Some(index), text.span), message, "keep one *, or write several entries");
            }
        }
        for text in rule.expose.iter().filter(|text| !text.opaque && text.value.contains('*')) {
            let message =
                format!("ExposeHeader \"{}\" contains wildcard. We currently do not support wildcard for ExposeHeader.", text.value);
            findings.add("expose-wildcard", Error, (Some(index), text.span), message, "name the headers, such as ETag");
        }
    }
}

fn incomplete(config: &Config, findings: &mut Findings) {
    if config.rules.is_empty() && !config.is_opaque {
        let fix = "add a rule, or delete the bucket's CORS configuration instead";
        findings.add("no-rules", Error, (None, config.span), format!("{MALFORMED}: there is no rule"), fix);
    }
    let [origins, methods, ..] = config.dialect.keys();
    for (index, rule) in config.rules.iter().enumerate() {
        for (list, code, name) in [(&rule.origins, "no-origins", origins), (&rule.methods, "no-methods", methods)] {
            if list.is_empty() {
                let message = format!("{MALFORMED}: the rule has no {name}");
                findings.add(code, Error, (Some(index), rule.span), message, format!("add {name}"));
            }
        }
    }
}

fn names(config: &Config, findings: &mut Findings) {
    let [_, _, headers, expose, ..] = config.dialect.keys();
    for (index, rule) in config.rules.iter().enumerate() {
        for (list, key) in [(&rule.headers, headers), (&rule.expose, expose)] {
            for text in list.iter().filter(|text| !text.opaque) {
                let at = (Some(index), text.span);
                let value = &text.value;
                if value.is_empty() {
                    findings.add("empty-header", Warning, at, format!("an empty string in {key} stands for no header"), "remove it");
                } else if !is_token(value) {
                    let message = format!("InvalidRequest: {value:?} in {key} is not a header name");
                    let fix =
                        if value.contains([',', ' ']) { "give each name an entry of its own, without spaces" } else { "mend the name" };
                    findings.add("invalid-header-name", Error, at, message, fix);
                }
            }
        }
    }
}

fn limits(config: &Config, findings: &mut Findings) {
    if let Some(rule) = config.rules.get(MOST_RULES) {
        let message = format!("InvalidRequest: {} rules, and at most {MOST_RULES} are allowed", config.rules.len());
        findings.add("too-many-rules", Error, (Some(MOST_RULES), rule.span), message, "join rules: one rule may list many origins");
    }
    for (index, rule) in config.rules.iter().enumerate() {
        if let Some(id) = rule.id.as_ref().filter(|id| !id.opaque && id.value.chars().count() > LONGEST_ID) {
            let message = format!("the ID is longer than {LONGEST_ID} characters");
            findings.add("id-too-long", Error, (Some(index), id.span), message, "shorten it");
        }
        if let Some(age) = rule.max_age.filter(|age| age.seconds < 0) {
            let message = "a negative number of seconds: browsers do not keep the answer";
            findings.add("negative-max-age", Warning, (Some(index), age.span), message, "write 0, or a positive number");
        }
    }
}

/// The size of the document as it is sent: XML, whatever it was written in.
pub(super) fn size(document: &Document, findings: &mut Findings) {
    let top = Span { line: 1, column: 1, length: 1 };
    for config in &document.configs {
        let bytes = if document.xml_bytes > 0 { document.xml_bytes } else { 50 + config.rules.iter().map(xml_size).sum::<usize>() };
        if bytes > MOST_BYTES {
            let message = format!("MaxMessageLengthExceeded: about {bytes} bytes of XML, and at most {MOST_BYTES} are allowed");
            findings.add("too-large", Error, (None, top), message, "use wildcards, or split the bucket");
        } else if bytes > MOST_BYTES / 10 * 9 {
            let message = format!("about {bytes} bytes of XML; S3 takes at most {MOST_BYTES}");
            findings.add("nearly-too-large", Note, (None, top), message, "");
        }
    }
}

fn xml_size(rule: &Rule) -> usize {
    let elements = |list: &[Text], name: &str| list.iter().map(|t| t.value.len() + 2 * name.len() + 5).sum::<usize>();
    25 + elements(&rule.origins, "AllowedOrigin")
        + elements(&rule.methods, "AllowedMethod")
        + elements(&rule.headers, "AllowedHeader")
        + elements(&rule.expose, "ExposeHeader")
        + rule.id.as_ref().map_or(0, |id| id.value.len() + 9)
        + rule.max_age.map_or(0, |_| 40)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, places};

    #[test]
    fn what_s3_refuses_is_an_error() {
        const O: &str = "\"https://a.test\"";
        for (origins, methods, rest, code) in [
            (O, "\"GET\", \"OPTIONS\"", "", "options-method"),
            (O, "\"get\"", "", "method-case"),
            (O, "\"PATCH\"", "", "unsupported-method"),
            (O, "\"\"", "", "unsupported-method"),
            (O, "", "", "no-methods"),
            ("", "\"GET\"", "", "no-origins"),
            ("\"https://*.*.test\"", "\"GET\"", "", "origin-wildcards"),
            (O, "\"GET\"", ", \"AllowedHeaders\": [\"x-*-*\"]", "header-wildcards"),
            (O, "\"GET\"", ", \"AllowedHeaders\": [\"a, b\"]", "invalid-header-name"),
            (O, "\"GET\"", ", \"AllowedHeaders\": [\"\"]", "empty-header"),
            (O, "\"GET\"", ", \"ExposeHeaders\": [\"*\"]", "expose-wildcard"),
            (O, "\"GET\"", ", \"MaxAgeSeconds\": -1", "negative-max-age"),
            (O, "\"GET\"", ", \"MaxAgeSeconds\": \"soon\"", "max-age-not-a-number"),
        ] {
            assert_eq!(codes(origins, methods, rest), [code], "{origins} {methods} {rest}");
        }
        assert_eq!(places("[]"), ["1:1 no-rules"]);
    }

    #[test]
    fn limits_hold() {
        let rule = |n: usize| format!("{{\"AllowedOrigins\": [\"https://a{n}.test\"], \"AllowedMethods\": [\"GET\"]}}");
        let rules = |n: usize| format!("[{}]", (0..n).map(rule).collect::<Vec<_>>().join(",\n"));
        assert_eq!(places(&rules(100)), [""; 0]);
        assert_eq!(places(&rules(101)), ["101:1 too-many-rules"]);
        let long = format!("\"https://{}.test\"", "a".repeat(66_000));
        assert_eq!(codes(&long, "\"GET\"", ""), ["too-large"]);
    }
}
