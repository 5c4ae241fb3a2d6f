//! Finds the CORS rules of S3 buckets in Terraform's JSON (`.tf.json`), which CDK for Terraform writes too. Strings are
//! templates there, and what they become is known at deployment only.
//! <https://developer.hashicorp.com/terraform/language/syntax/json>.

use super::config::{Dialect, Document, Slip, Text};
use super::node::{self, Data, Node};
use super::terraform::configured;

/// Whether an object is a file of this form, or a part of one.
pub(super) fn is_meant(root: &Node) -> bool {
    ["resource", "module", "cors_rule", "cors_rules"].iter().any(|key| root.get(key).is_some())
}

/// Every configuration in the file.
pub(super) fn find(root: Node, slips: Vec<Slip>) -> Document {
    let root = with_templates(root);
    let mut document = Document { dialect: Dialect::TerraformJson, slips, ..Document::default() };
    for (kind, resources) in root.get("resource").into_iter().flat_map(entries) {
        if matches!(kind.value.as_str(), "aws_s3_bucket_cors_configuration" | "aws_s3_bucket") {
            for (name, body) in entries(resources) {
                take(&kind.value, &format!("{}.{}", kind.value, name.value), body, &mut document);
            }
        }
    }
    for (name, body) in root.get("module").into_iter().flat_map(entries) {
        take("module", &name.value, body, &mut document);
    }
    if let Some(rules) = rules_of(&root) {
        let config = node::config(&rules, None, document.dialect, &mut document.slips);
        document.configs.push(config);
    }
    document
}

/// A block's body, or several under one name.
fn take(kind: &str, name: &str, body: &Node, document: &mut Document) {
    let bodies = body.list().unwrap_or(std::slice::from_ref(body));
    for body in bodies {
        let dynamic = body.get("dynamic").into_iter().flat_map(entries).find(|(key, _)| key.value == "cors_rule");
        document.slips.extend(dynamic.map(|(key, _)| node::opaque_rules(key.span)));
        if let Some(rules) = rules_of(body) {
            configured(kind, name.to_owned(), &rules, document);
        }
    }
}

/// The rules of a body: a list, or the one block there is.
fn rules_of(body: &Node) -> Option<Node> {
    let rules = body.get("cors_rule").or_else(|| body.get("cors_rules"))?;
    Some(match rules.data {
        Data::Map(_) => Node { span: rules.span, data: Data::List(vec![rules.clone()]) },
        _ => rules.clone(),
    })
}

/// The entries of an object, or of all objects in a list of them: both stand for labels.
fn entries(node: &Node) -> impl Iterator<Item = (&Text, &Node)> {
    let objects = node.list().unwrap_or(std::slice::from_ref(node));
    objects.iter().flat_map(|object| object.map().unwrap_or_default()).map(|(key, value)| (key, value))
}

/// Strings with `${` or `%{` become expressions, entries called `//` are remarks. The tree is no deeper than its reader lets it be.
fn with_templates(node: Node) -> Node {
    let data = match node.data {
        Data::Text(text) => template(&text),
        Data::List(items) => Data::List(items.into_iter().map(with_templates).collect()),
        Data::Map(entries) => {
            let kept = entries.into_iter().filter(|(key, _)| key.value != "//");
            Data::Map(kept.map(|(key, value)| (key, with_templates(value))).collect())
        }
        other => other,
    };
    Node { data, span: node.span }
}

/// As Terraform's own language has it: `${var.a}` is the expression itself, text around it makes a template.
fn template(text: &str) -> Data {
    let literal = text.replace("$${", "").replace("%%{", "");
    if !literal.contains("${") && !literal.contains("%{") {
        return Data::Text(text.replace("$${", "${").replace("%%{", "%{"));
    }
    let inner =
        text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).filter(|inner| !inner.contains("${") && !inner.contains('}'));
    Data::Opaque(inner.map_or_else(|| serde_json::Value::from(text).to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::super::{config::Document, read};

    fn told(text: &str) -> (Vec<String>, Vec<&'static str>) {
        let Document { configs, slips, .. } = read(text).unwrap();
        let values = |list: &[super::Text]| {
            list.iter().map(|t| if t.opaque { format!("<{}>", t.value) } else { t.value.clone() }).collect::<Vec<_>>().join(",")
        };
        let configs = configs.iter().map(|config| {
            let rules = config.rules.iter().map(|rule| format!("{} {}", values(&rule.origins), values(&rule.methods)));
            format!("{}: {}", config.name.as_deref().unwrap_or("-"), rules.collect::<Vec<_>>().join(" | "))
        });
        (configs.collect(), slips.iter().map(|slip| slip.code).collect())
    }

    #[test]
    fn every_way_of_nesting_is_read() {
        const RULE: &str = r#"{"//": "a remark", "allowed_origins": ["https://a.test"], "allowed_methods": ["PUT"]}"#;
        const OF_ITS_OWN: &str = "aws_s3_bucket_cors_configuration";
        for (text, configs, slips) in [
            (format!(r#"{{"resource": {{"{OF_ITS_OWN}": {{"b": {{"bucket": "x", "cors_rule": [RULE, RULE]}}}}}}}}"#), "aws_s3_bucket_cors_configuration.b: https://a.test PUT | https://a.test PUT", &[][..]),
            (format!(r#"{{"resource": [{{"{OF_ITS_OWN}": [{{"b": [{{"cors_rule": RULE}}]}}]}}]}}"#), "aws_s3_bucket_cors_configuration.b: https://a.test PUT", &[]),
            (r#"{"//": {}, "provider": {"aws": [{}]}, "resource": {"aws_s3_bucket": {"b": {"cors_rule": [RULE]}}, "aws_sqs_queue": {"q": {"cors_rule": []}}}}"#.into(), "aws_s3_bucket.b: https://a.test PUT", &["terraform-legacy-block"]),
            (r#"{"module": {"uploads": {"source": "x", "cors_rule": [RULE]}}}"#.into(), "uploads: https://a.test PUT", &[]),
            (r#"{"module": {"uploads": {"source": "x", "cors_rule": "${jsonencode(var.rules)}"}}}"#.into(), "uploads: ", &["unknown-until-deployed"]),
            (r#"{"cors_rule": RULE}"#.into(), "-: https://a.test PUT", &[]),
            (format!(r#"{{"resource": {{"{OF_ITS_OWN}": {{"b": {{"dynamic": {{"cors_rule": {{"for_each": "${{var.r}}", "content": {{}}}}}}, "cors_rule": [RULE]}}}}}}}}"#), "aws_s3_bucket_cors_configuration.b: https://a.test PUT", &["unknown-until-deployed"]),
        ] {
            let (told, codes) = told(&text.replace("RULE", RULE));
            assert_eq!((told.join("; ").as_str(), codes.as_slice()), (configs, slips), "{text}");
        }
    }

    #[test]
    fn strings_are_templates() {
        for (string, value) in [
            ("https://a.test", "https://a.test"),
            ("${var.a}", "<var.a>"),
            ("https://${var.a}", "<\"https://${var.a}\">"),
            ("${var.a}.${var.b}", "<\"${var.a}.${var.b}\">"),
            ("%{ if x }a%{ endif }", "<\"%{ if x }a%{ endif }\">"),
            ("$${var.a}", "${var.a}"),
        ] {
            let (configs, _) = told(&format!(r#"{{"cors_rule": {{"allowed_origins": ["{string}"], "allowed_methods": "${{var.m}}"}}}}"#));
            assert_eq!(configs, [format!("-: {value} <var.m>")]);
        }
    }
}
