//! YAML with positions and tags, from the parser's events. Aliases are refused (`CloudFormation` has none, and they can
//! blow a small file up), and depth is bounded.

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::config::{Slip, Span, Text};
use super::node::{DEEPEST, Data, Node};

/// Values of a document that are read.
const MOST_NODES: usize = 200_000;

/// A collection that is still open.
struct Open {
    span: Span,
    /// The tag that makes it an expression.
    tag: Option<String>,
    list: bool,
    items: Vec<Node>,
}

/// Reads the first document; nothing but slips when it cannot be understood.
pub(super) fn parse(text: &str, slips: &mut Vec<Slip>) -> Option<Node> {
    let mut open: Vec<Open> = Vec::new();
    for (count, event) in Parser::new_from_str(text).enumerate() {
        let (event, at) = match event {
            Ok((event, at)) => (event, span(&at)),
            Err(error) => {
                let place = Span { line: error.marker().line().max(1), column: error.marker().col() + 1, length: 1 };
                slips.push(Slip::new("yaml-syntax", place, format!("not YAML: {}", error.info()), "check the indentation"));
                return None;
            }
        };
        if open.len() > DEEPEST || count > MOST_NODES {
            slips.push(Slip::new("yaml-syntax", at, "nested too deeply, or too large", ""));
            return None;
        }
        let done = match event {
            Event::Scalar(value, style, _, tag) => scalar(&value, style, tag.as_deref(), at),
            Event::SequenceStart(_, tag) => {
                open.push(Open { span: at, tag: function(tag.as_deref()), list: true, items: Vec::new() });
                continue;
            }
            Event::MappingStart(_, tag) => {
                open.push(Open { span: at, tag: function(tag.as_deref()), list: false, items: Vec::new() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => close(open.pop()?),
            Event::Alias(_) => {
                slips.push(Slip::new("yaml-alias", at, "aliases (*name) are not resolved here", "write the value out"));
                Node { data: Data::Opaque("*alias".into()), span: at }
            }
            Event::DocumentEnd | Event::StreamEnd => return None,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.items.push(done),
            None => return Some(done),
        }
    }
    None
}

fn close(open: Open) -> Node {
    let data = match open.tag {
        Some(tag) => Data::Opaque(format!("{tag} …")),
        None if open.list => Data::List(open.items),
        None => {
            let mut entries = Vec::new();
            let mut items = open.items.into_iter();
            while let (Some(key), Some(value)) = (items.next(), items.next()) {
                if let Data::Text(name) | Data::Number(name) | Data::Word(name) = key.data {
                    entries.push((Text::at(name, key.span), value));
                }
            }
            Data::Map(entries)
        }
    };
    Node { data, span: open.span }
}

fn scalar(value: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Node {
    let data = match function(tag) {
        // `!Sub` without a variable is plain text.
        Some(tag) if tag == "!Sub" && !value.contains("${") => Data::Text(value.to_owned()),
        Some(tag) => Data::Opaque(format!("{tag} {value}")),
        // The Serverless Framework fills these in.
        None if value.contains("${") => Data::Opaque(value.to_owned()),
        None if style != ScalarStyle::Plain => Data::Text(value.to_owned()),
        None => match value {
            "" | "~" | "null" | "Null" | "NULL" => Data::Word("null".into()),
            "true" | "false" | "True" | "False" => Data::Word(value.to_owned()),
            _ if value.parse::<f64>().is_ok_and(f64::is_finite) => Data::Number(value.to_owned()),
            _ => Data::Text(value.to_owned()),
        },
    };
    Node { data, span }
}

/// The tag when it is one of `CloudFormation`'s functions, not one of YAML's own.
fn function(tag: Option<&Tag>) -> Option<String> {
    tag.filter(|tag| !tag.is_yaml_core_schema()).map(|tag| format!("!{}", tag.suffix))
}

fn span(at: &saphyr_parser::Span) -> Span {
    let same_line = at.end.line() == at.start.line();
    let length = if same_line { at.end.col().saturating_sub(at.start.col()).max(1) } else { 1 };
    Span { line: at.start.line().max(1), column: at.start.col() + 1, length }
}
