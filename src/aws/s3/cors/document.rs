//! Recognises the form of a configuration by its text, and reads it.

use super::config::{Dialect, Document, Lines, Slip, Span};
use super::node::{self, Data, Node};
use super::{cloudformation, json, terraform, xml, yaml};

/// Larger files are refused. A configuration has at most 64 KiB; templates are larger.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Reads a configuration in any of its forms, or says what was expected. Mistakes inside a known form are slips.
pub fn read(text: &str) -> Result<Document, String> {
    if text.len() > MOST_BYTES {
        return Err(format!("it is larger than {} MiB", MOST_BYTES / 1024 / 1024));
    }
    // A byte order mark is three bytes that no column counts.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = match text.trim_start().chars().next() {
        None => return Err("it is empty".into()),
        Some('<') => xml::read(text),
        Some('[' | '{') => from_json(text),
        Some(_) if looks_like_terraform(text) => terraform::read(text),
        Some(_) if looks_like_yaml(text) => from_yaml(text),
        Some(_) => return Err(format!("it is none of the known forms: {FORMS}")),
    };
    if document.configs.is_empty() && document.slips.is_empty() {
        return Err(format!("it holds no CORS rules of an S3 bucket; the known forms are {FORMS}"));
    }
    Ok(document)
}

const FORMS: &str = "the console's JSON list, {\"CORSRules\": […]}, XML, CloudFormation or SAM (JSON, YAML), Terraform";

fn looks_like_terraform(text: &str) -> bool {
    let heads = |line: &str| {
        ["resource \"", "module \"", "cors_rule", "variable \"", "locals {", "terraform {", "provider \""]
            .iter()
            .any(|h| line.starts_with(h))
    };
    text.lines().map(str::trim_start).any(heads) && !text.contains("CorsConfiguration:")
}

fn looks_like_yaml(text: &str) -> bool {
    ["CorsConfiguration", "CorsRules", "Resources", "AllowedOrigins", "CORSRules", "AllowedMethods"].iter().any(|key| text.contains(key))
}

fn from_json(text: &str) -> Document {
    let mut slips = Vec::new();
    match json::parse(text, &mut slips) {
        Some(root) if is_template(&root) => cloudformation::find(&cloudformation::resolve(root, 0), Dialect::CloudFormationJson, slips),
        Some(root) => api(&root, slips),
        None => {
            if slips.is_empty() {
                slips.push(Slip::new("json-syntax", Lines::new(text).span(0..1), "not JSON", "S3 takes strict JSON"));
            }
            Document { dialect: Dialect::Console, slips, ..Document::default() }
        }
    }
}

fn from_yaml(text: &str) -> Document {
    let mut slips = Vec::new();
    let dialect = Dialect::CloudFormationYaml;
    let Some(root) = yaml::parse(text, &mut slips) else { return Document { dialect, slips, ..Document::default() } };
    let root = cloudformation::resolve(root, 0);
    // A part of a template: the list of rules alone.
    if root.list().is_some_and(|items| items.iter().any(|item| looks_like_rule(item))) {
        let config = node::config(&root, None, dialect, &mut slips);
        return Document { dialect, configs: vec![config], slips, xml_bytes: 0 };
    }
    cloudformation::find(&root, dialect, slips)
}

fn is_template(root: &Node) -> bool {
    ["Resources", "CorsConfiguration", "CorsRules", "AWSTemplateFormatVersion", "Properties", "resources"]
        .iter()
        .any(|key| root.get(key).is_some())
}

/// The console's list or the CLI's object, with what people put around them.
fn api(root: &Node, mut slips: Vec<Slip>) -> Document {
    let inner = root.get("CORSConfiguration").unwrap_or(root);
    if let Some(rules) = inner.get("CORSRules") {
        for (key, _) in inner.map().unwrap_or_default().iter().filter(|(key, _)| key.value != "CORSRules") {
            let message = format!("{} is not a key of the configuration", key.value);
            slips.push(Slip::new("unknown-key", key.span, message, "the only key here is CORSRules"));
        }
        let config = node::config(rules, None, Dialect::Cli, &mut slips);
        return Document { dialect: Dialect::Cli, configs: vec![config], slips, xml_bytes: 0 };
    }
    if let Some((key, rules)) = misnamed(inner) {
        slips.push(Slip::new("unknown-key", key, "the key of the rules is CORSRules", "write \"CORSRules\""));
        let config = node::config(rules, None, Dialect::Cli, &mut slips);
        return Document { dialect: Dialect::Cli, configs: vec![config], slips, xml_bytes: 0 };
    }
    let configs = match &inner.data {
        Data::List(_) => vec![node::config(inner, None, Dialect::Console, &mut slips)],
        Data::Map(_) if looks_like_rule(inner) => vec![node::config(inner, None, Dialect::Console, &mut slips)],
        _ => Vec::new(),
    };
    Document { dialect: Dialect::Console, configs, slips, xml_bytes: 0 }
}

/// `CORSRule`, `CorsRules`, `corsRules` …: one list of rules under a nearly right name.
fn misnamed(node: &Node) -> Option<(Span, &Node)> {
    let entries = node.map()?;
    let named = |name: &str| name.to_ascii_lowercase().trim_end_matches('s') == "corsrule";
    entries.iter().find(|(key, _)| named(&key.value)).map(|(key, rules)| (key.span, rules))
}

fn looks_like_rule(node: &Node) -> bool {
    let named = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("allowedorigin") || name.starts_with("allowedmethod") || name.starts_with("allowed_")
    };
    node.map().is_some_and(|entries| entries.iter().any(|(key, _)| named(&key.value)))
}
