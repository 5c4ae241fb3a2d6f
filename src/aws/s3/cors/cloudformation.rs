//! Finds the CORS configurations in a `CloudFormation` or SAM template, or a part of one. Functions (`Ref`, `Fn::…`) stay
//! expressions: what they become is known at deployment only.

use super::config::{Dialect, Document, Slip};
use super::node::{self, DEEPEST, Data, Node};

/// Turns the long form of functions, `{"Ref": "X"}`, into expressions.
pub(super) fn resolve(node: Node, depth: usize) -> Node {
    let Node { data, span } = node;
    let data = match data {
        Data::Map(entries) => match entries.as_slice() {
            [(key, value)] if key.value == "Ref" || key.value.starts_with("Fn::") => {
                let argument = value.text().unwrap_or("…");
                if key.value == "Fn::Sub" && value.text().is_some_and(|text| !text.contains("${")) {
                    Data::Text(argument.to_owned())
                } else {
                    Data::Opaque(format!("{} {argument}", key.value))
                }
            }
            _ if depth > DEEPEST => Data::Opaque("…".into()),
            _ => Data::Map(entries.into_iter().map(|(key, value)| (key, resolve(value, depth + 1))).collect()),
        },
        Data::List(items) if depth <= DEEPEST => Data::List(items.into_iter().map(|item| resolve(item, depth + 1)).collect()),
        other => other,
    };
    Node { data, span }
}

/// Every configuration in the tree, wherever it stands.
pub(super) fn find(root: &Node, dialect: Dialect, slips: Vec<Slip>) -> Document {
    let mut document = Document { dialect, slips, ..Document::default() };
    // A part of a template: the rules alone.
    if let Some(rules) = root.get("CorsRules") {
        let config = node::config(rules, None, dialect, &mut document.slips);
        document.configs.push(config);
        return document;
    }
    walk(root, &mut Vec::new(), &mut document);
    document
}

fn walk<'a>(node: &'a Node, path: &mut Vec<&'a str>, document: &mut Document) {
    if path.len() > DEEPEST || document.configs.len() >= 100 {
        return;
    }
    for (key, value) in node.map().unwrap_or_default() {
        if key.value == "CorsConfiguration" {
            let name = resource(path);
            match (value.get("CorsRules"), value.get("CORSRules"), &value.data) {
                (Some(rules), _, _) => {
                    let config = node::config(rules, name, document.dialect, &mut document.slips);
                    document.configs.push(config);
                }
                (None, Some(rules), _) => {
                    document.slips.push(Slip::new("unknown-key", rules.span, "the key is CorsRules in a template", "write CorsRules"));
                    let config = node::config(rules, name, document.dialect, &mut document.slips);
                    document.configs.push(config);
                }
                (None, None, Data::Opaque(_)) => document.slips.push(node::opaque_rules(value.span)),
                // The same key of another resource, such as an HTTP API, holds no rules.
                _ => {}
            }
            continue;
        }
        path.push(&key.value);
        walk(value, path, document);
        path.pop();
    }
    for item in node.list().unwrap_or_default() {
        path.push("[]");
        walk(item, path, document);
        path.pop();
    }
}

/// The logical id of the resource: what stands before `Properties`.
fn resource(path: &[&str]) -> Option<String> {
    let at = path.iter().rposition(|part| *part == "Properties")?;
    path.get(at.checked_sub(1)?).map(|name| (*name).to_owned())
}
