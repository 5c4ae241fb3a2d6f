//! What S3 would refuse, or what can never match, taken out of a configuration: neither has any effect today.

use crate::aws::s3::cors::config::{Rule, Text};
use crate::aws::s3::cors::engine::METHODS;
use crate::aws::s3::cors::never_an_origin;
use crate::web::{header, placeholder};

/// The rules without it, and a sentence for each thing left out.
pub(super) fn mended(rules: &[Rule]) -> (Vec<Rule>, Vec<String>) {
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let mut rule = rule.clone();
        for method in rule.methods.iter_mut().filter(|m| !m.opaque && !METHODS.contains(&m.value.as_str())) {
            method.value = method.value.trim().to_ascii_uppercase();
        }
        filter(&mut rule.methods, refused_method, &mut changes);
        filter(&mut rule.origins, refused_origin, &mut changes);
        filter(&mut rule.headers, |value| refused_header(value, value.matches('*').count() > 1), &mut changes);
        filter(&mut rule.expose, |value| refused_header(value, value.contains('*')), &mut changes);
        if rule.origins.is_empty() || rule.methods.is_empty() {
            changes.push(format!("left out rule {index}: nothing of it is left"));
        } else {
            kept.push(rule);
        }
    }
    (kept, changes)
}

fn filter(list: &mut Vec<Text>, refused: impl Fn(&str) -> Option<String>, changes: &mut Vec<String>) {
    list.retain(|text| match refused(&text.value).filter(|_| !text.opaque) {
        Some(why) => {
            changes.push(format!("left out {}: {why}", if text.value.is_empty() { "an empty string" } else { &text.value }));
            false
        }
        None => true,
    });
}

fn refused_method(value: &str) -> Option<String> {
    (!METHODS.contains(&value)).then(|| "S3 refuses it".to_owned())
}

fn refused_origin(value: &str) -> Option<String> {
    if value.matches('*').count() > 1 {
        return Some("S3 refuses a second wildcard".into());
    }
    let unfilled = value != "null" && (placeholder::find(value).is_some() || value.contains('<'));
    let never = never_an_origin(value).filter(|never| never.code != "origin-uppercase");
    match (unfilled, never) {
        (true, _) => Some("it was never filled in".into()),
        (false, Some(never)) => Some(format!("it can never match, because {}", never.why)),
        _ => None,
    }
}

fn refused_header(value: &str, wildcard: bool) -> Option<String> {
    if wildcard {
        return Some("S3 refuses the wildcard".into());
    }
    (!header::is_token(value)).then(|| "it is not a header name".to_owned())
}
