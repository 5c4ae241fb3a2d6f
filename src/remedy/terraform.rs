//! The CORS resource of a bucket for Terraform, in its own language and in its JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::s3_cors::quoted;
use crate::aws::s3::cors::config::{Dialect, Rule, Text};

/// The resource in Terraform's own language.
pub(super) fn hcl(rules: &[Rule], bucket: &str) -> String {
    let mut out = format!("resource \"aws_s3_bucket_cors_configuration\" \"cors\" {{\n  bucket = {}\n", hcl_quoted(bucket));
    for rule in rules {
        out.push_str("\n  cors_rule {\n");
        if let Some(id) = &rule.id {
            let _ = writeln!(out, "    id              = {}", hcl_quoted(&id.value));
        }
        let _ = writeln!(out, "    allowed_origins = {}", hcl_list(&rule.origins));
        let _ = writeln!(out, "    allowed_methods = {}", hcl_list(&rule.methods));
        if !rule.headers.is_empty() {
            let _ = writeln!(out, "    allowed_headers = {}", hcl_list(&rule.headers));
        }
        if !rule.expose.is_empty() {
            let _ = writeln!(out, "    expose_headers  = {}", hcl_list(&rule.expose));
        }
        if let Some(age) = rule.max_age {
            let _ = writeln!(out, "    max_age_seconds = {}", age.seconds);
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

/// The resource in Terraform's JSON.
pub(super) fn json(rules: &[Rule], bucket: &str) -> String {
    let rules: Vec<Value> = rules.iter().map(json_rule).collect();
    let resource = json!({"bucket": escaped(bucket), "cors_rule": rules});
    format!("{:#}\n", json!({"resource": {"aws_s3_bucket_cors_configuration": {"cors": resource}}}))
}

fn json_rule(rule: &Rule) -> Value {
    let [origins, methods, headers, expose, age, id] = Dialect::TerraformJson.keys();
    let mut fields = Map::new();
    for (name, list) in [(origins, &rule.origins), (methods, &rule.methods), (headers, &rule.headers), (expose, &rule.expose)] {
        if !list.is_empty() {
            fields.insert(name.into(), json_list(list));
        }
    }
    fields.extend(rule.max_age.map(|seconds| (age.to_owned(), seconds.seconds.into())));
    fields.extend(rule.id.iter().map(|name| (id.to_owned(), escaped(&name.value).into())));
    Value::Object(fields)
}

/// A list; an expression for a whole one is joined to what else is in it.
fn hcl_list(list: &[Text]) -> String {
    let literal = |text: &Text| if text.opaque { text.value.clone() } else { hcl_quoted(&text.value) };
    let bracketed = |part: &[Text]| format!("[{}]", part.iter().map(literal).collect::<Vec<_>>().join(", "));
    if !list.iter().any(|text| text.is_list) {
        return bracketed(list);
    }
    let parts = list.chunk_by(|a, b| !a.is_list && !b.is_list);
    let parts: Vec<String> =
        parts.map(|part| if part.iter().any(|t| t.is_list) { part.iter().map(literal).collect() } else { bracketed(part) }).collect();
    match parts.as_slice() {
        [whole] => whole.clone(),
        several => format!("concat({})", several.join(", ")),
    }
}

fn json_list(list: &[Text]) -> Value {
    if list.iter().any(|text| text.is_list) {
        return interpolated(&hcl_list(list)).into();
    }
    list.iter().map(|text| if text.opaque { interpolated(&text.value) } else { escaped(&text.value) }).collect()
}

/// An expression as a JSON string: a template is its own text, anything else stands in `${…}`.
fn interpolated(expression: &str) -> String {
    serde_json::from_str(expression).unwrap_or_else(|_| format!("${{{expression}}}"))
}

fn hcl_quoted(text: &str) -> String {
    quoted(&escaped(text))
}

/// Text that is no template, although it may look like one.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::s3::cors::config::Span;
    use crate::remedy::s3_cors::least_rule;

    #[test]
    fn expressions_are_written_in_both_languages() {
        let opaque = |value: &str| Text::opaque(value, Span::default());
        let whole = |value: &str| Text { is_list: true, ..opaque(value) };
        let plain = || Text::plain("https://b.test");
        for (origins, in_hcl, in_json) in [
            (vec![opaque("var.a"), plain()], "[var.a, \"https://b.test\"]", r#"["${var.a}","https://b.test"]"#),
            (vec![opaque("\"https://${var.a}\"")], "[\"https://${var.a}\"]", r#"["https://${var.a}"]"#),
            (vec![whole("var.all")], "var.all", r#""${var.all}""#),
            (vec![whole("var.all"), plain()], "concat(var.all, [\"https://b.test\"])", r#""${concat(var.all, [\"https://b.test\"])}""#),
        ] {
            let rule = Rule { origins, ..least_rule("", "GET", &[], &[]) };
            let text = hcl(std::slice::from_ref(&rule), "b");
            assert!(text.contains(&format!("allowed_origins = {in_hcl}\n")), "{text}");
            assert_eq!(json_rule(&rule)["allowed_origins"].to_string(), in_json);
        }
    }
}
