//! Finds the literal CORS rules of S3 buckets in Terraform: the resource of their own, the old blocks inside `aws_s3_bucket`,
//! and the list that modules take. Expressions stay expressions.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Block, Body, Structure};

use super::config::{Dialect, Document, Grade, Lines, Slip, Span, Text};
use super::node::{self, DEEPEST, Data, Node};

/// Reads a Terraform file.
pub(super) fn read(text: &str) -> Document {
    let mut document = Document { dialect: Dialect::Terraform, ..Document::default() };
    let body = match parse_body(text) {
        Ok(body) => body,
        Err(error) => {
            let at = error.location();
            let span = Span { line: at.line(), column: at.column(), length: 1 };
            document.slips.push(Slip::new("hcl-syntax", span, format!("not Terraform: {}", error.message()), ""));
            return document;
        }
    };
    let lines = Lines::new(text);
    for block in body.blocks() {
        buckets(block, &lines, &mut document);
    }
    if document.configs.is_empty() {
        // A part of a file: the rules alone.
        let rules = rules_of(&body, &lines, &mut document.slips);
        document.configs.extend(rules.map(|rules| node::config(&rules, None, Dialect::Terraform, &mut document.slips)));
    }
    document
}

fn buckets(block: &Block, lines: &Lines<'_>, document: &mut Document) {
    let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
    let kind = labels.first().copied().unwrap_or_default();
    let wanted = match block.ident.as_str() {
        "resource" => matches!(kind, "aws_s3_bucket_cors_configuration" | "aws_s3_bucket"),
        "module" => true,
        _ => false,
    };
    let Some(rules) = wanted.then(|| rules_of(&block.body, lines, &mut document.slips)).flatten() else { return };
    configured(kind, labels.join("."), &rules, document);
}

/// Takes the rules of a resource or module.
pub(super) fn configured(kind: &str, name: String, rules: &Node, document: &mut Document) {
    if kind == "aws_s3_bucket" {
        let message = "cors_rule inside aws_s3_bucket is deprecated since version 4 of the provider";
        let fix = "move it to a resource \"aws_s3_bucket_cors_configuration\"";
        document.slips.push(Slip::new("terraform-legacy-block", rules.span, message, fix).graded(Grade::Warning));
    }
    let config = node::config(rules, Some(name), document.dialect, &mut document.slips);
    document.configs.push(config);
}

/// The `cors_rule` blocks of a body as a list, or the attribute of that name.
fn rules_of(body: &Body, lines: &Lines<'_>, slips: &mut Vec<Slip>) -> Option<Node> {
    let mut rules = Vec::new();
    for structure in body {
        match structure {
            Structure::Block(block) if block.has_ident("cors_rule") => rules.push(rule(block, lines)),
            Structure::Block(block) if block.has_ident("dynamic") && block.has_labels(&["cors_rule"]) => {
                slips.push(node::opaque_rules(place(lines, block.span())));
                rules.push(Node { data: Data::Opaque("dynamic".into()), span: place(lines, block.span()) });
            }
            Structure::Attribute(attribute) if matches!(attribute.key.as_str(), "cors_rule" | "cors_rules") => {
                return Some(expression(&attribute.value, lines, 0));
            }
            _ => {}
        }
    }
    rules.retain(|rule| !matches!(rule.data, Data::Opaque(_)));
    let span = rules.first()?.span;
    Some(Node { data: Data::List(rules), span })
}

fn rule(block: &Block, lines: &Lines<'_>) -> Node {
    let entries = block.body.attributes().map(|attribute| {
        let key = Text::at(attribute.key.as_str(), place(lines, attribute.key.span()));
        (key, expression(&attribute.value, lines, 0))
    });
    Node { data: Data::Map(entries.collect()), span: place(lines, block.ident.span().or_else(|| block.span())) }
}

fn expression(value: &Expression, lines: &Lines<'_>, depth: usize) -> Node {
    let span = place(lines, value.span());
    let data = match value {
        Expression::String(text) => Data::Text(text.value().clone()),
        Expression::Number(number) => Data::Number(number.value().to_string()),
        Expression::Bool(flag) => Data::Word(flag.value().to_string()),
        Expression::Null(_) => Data::Word("null".into()),
        Expression::Array(items) if depth < DEEPEST => Data::List(items.iter().map(|item| expression(item, lines, depth + 1)).collect()),
        Expression::Object(object) if depth < DEEPEST => {
            Data::Map(object.iter().map(|(key, value)| (object_key(key, lines), expression(value.expr(), lines, depth + 1))).collect())
        }
        Expression::Parenthesis(inner) if depth < DEEPEST => return expression(inner.inner(), lines, depth + 1),
        other => Data::Opaque(shortened(other.to_string().trim())),
    };
    Node { data, span }
}

/// An expression that can be shown and written again, or the beginning of one that is too long for it.
fn shortened(expression: &str) -> String {
    const LONGEST: usize = 400;
    match expression.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", expression.get(..end).unwrap_or_default()),
        None => expression.to_owned(),
    }
}

fn object_key(key: &ObjectKey, lines: &Lines<'_>) -> Text {
    match key {
        ObjectKey::Ident(name) => Text::at(name.as_str(), place(lines, name.span())),
        ObjectKey::Expression(expression) => {
            let span = place(lines, expression.span());
            expression.as_str().map_or_else(|| Text::opaque(expression.to_string(), span), |name| Text::at(name, span))
        }
    }
}

fn place(lines: &Lines<'_>, range: Option<Range<usize>>) -> Span {
    range.map_or(Span { line: 1, column: 1, length: 1 }, |range| lines.span(range))
}
