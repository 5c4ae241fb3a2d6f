//! The XML of the REST API. No DTD, no entities of its own, a bound on the number of nodes.

use std::collections::BTreeSet;

use roxmltree::{Document as Xml, Node, ParsingOptions};

use super::config::{Config, Dialect, Document, Grade, Lines, Rule, Slip, Span, Text};
use super::node::seconds;

/// Reads the XML.
pub(super) fn read(text: &str) -> Document {
    let mut document = Document { dialect: Dialect::Xml, xml_bytes: text.len(), ..Document::default() };
    let options = ParsingOptions { nodes_limit: 200_000, ..ParsingOptions::default() };
    let xml = match Xml::parse_with_options(text, options) {
        Ok(xml) => xml,
        Err(error) => {
            let at = error.pos();
            let span = Span { line: at.row as usize, column: at.col as usize, length: 1 };
            let message = format!("The XML you provided was not well-formed or did not validate against our published schema: {error}");
            document.slips.push(Slip::new("malformed-xml", span, message, "mend the XML"));
            return document;
        }
    };
    let lines = Lines::new(text);
    let root = xml.root_element();
    let span = name_span(&root, &lines);
    if root.tag_name().name() != "CORSConfiguration" {
        let message = format!("the root element is {}, not CORSConfiguration", root.tag_name().name());
        document.slips.push(Slip::new("malformed-xml", span, message, "put the rules in <CORSConfiguration>"));
    }
    let note = "this is the XML of the REST API; the S3 console takes only JSON";
    let fix = "for the console, write it with `whycors suggest --config FILE`";
    document.slips.push(Slip::new("xml-not-for-console", span, note, fix).graded(Grade::Note));
    let mut config = Config { dialect: Dialect::Xml, span, ..Config::default() };
    let alone = (root.tag_name().name() == "CORSRule").then_some(root);
    for element in alone.into_iter().chain(root.children().filter(|n| n.is_element() && alone.is_none())) {
        match element.tag_name().name() {
            "CORSRule" => {
                let from = document.slips.len();
                config.rules.push(rule(element, &lines, &mut document.slips));
                for slip in document.slips.iter_mut().skip(from) {
                    slip.rule = Some(config.rules.len() - 1);
                }
            }
            name => document.slips.push(unknown(name, name_span(&element, &lines), "CORSRule")),
        }
    }
    document.configs.push(config);
    document
}

fn rule(element: Node<'_, '_>, lines: &Lines<'_>, slips: &mut Vec<Slip>) -> Rule {
    let mut rule = Rule { span: name_span(&element, lines), ..Rule::default() };
    let mut seen = BTreeSet::new();
    for child in element.children().filter(Node::is_element) {
        let text = text(child, lines);
        match child.tag_name().name() {
            "AllowedOrigin" => rule.origins.push(text),
            "AllowedMethod" => rule.methods.push(text),
            "AllowedHeader" => rule.headers.push(text),
            "ExposeHeader" => rule.expose.push(text),
            name @ ("ID" | "MaxAgeSeconds") => {
                if !seen.insert(name) {
                    let message = format!("{name} stands here a second time: a rule has one");
                    slips.push(Slip::new("duplicate-key", name_span(&child, lines), message, "S3 answers MalformedXML; remove one"));
                }
                match name {
                    "ID" => rule.id = Some(text),
                    _ => rule.max_age = seconds(&text.value, text.span, slips),
                }
            }
            name => slips.push(unknown(name, name_span(&child, lines), &Dialect::Xml.keys().join(", "))),
        }
    }
    rule
}

fn unknown(name: &str, span: Span, known: &str) -> Slip {
    let message = format!("{name} is not an element of a CORS configuration");
    Slip::new("unknown-key", span, message, format!("S3 answers MalformedXML; it knows {known}"))
}

fn text(element: Node<'_, '_>, lines: &Lines<'_>) -> Text {
    // A remark may stand before the text, or within it.
    let parts = || element.children().filter(Node::is_text);
    let value: String = parts().filter_map(|part| part.text()).collect();
    Text::at(value, parts().next().map_or_else(|| name_span(&element, lines), |part| lines.span(part.range())))
}

/// The place of the opening tag's name.
fn name_span(element: &Node<'_, '_>, lines: &Lines<'_>) -> Span {
    let start = element.range().start;
    lines.span(start..start + element.tag_name().name().len() + 1)
}
