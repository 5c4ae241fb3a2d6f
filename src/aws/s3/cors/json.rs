//! JSON with positions, read as people write it: what the console would refuse is reported with its place, and read on
//! wherever the meaning is plain.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::tokens::{Token, TokenAndRange};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::config::{Lines, Slip, Span, Text};
use super::node::{DEEPEST, Data, Node};

/// Places that are mended before giving up.
const MOST_REPAIRS: usize = 16;
const AFTER_END: &str = "nothing may follow the end of the list";
/// Slips that are reported.
const MOST_SLIPS: usize = 100;

/// Reads a JSON text; nothing but slips when it cannot be understood.
pub(super) fn parse(text: &str, slips: &mut Vec<Slip>) -> Option<Node> {
    let mut mended = text.to_owned();
    // How many characters a repair put before the original text.
    let mut shift = 0;
    for _ in 0..MOST_REPAIRS {
        let lines = Lines::new(text);
        let place = |range: Range| lines.span(range.start.saturating_sub(shift)..range.end.saturating_sub(shift));
        let options = CollectOptions { comments: CommentCollectionStrategy::AsTokens, tokens: true };
        match parse_to_ast(&mended, &options, &ParseOptions::default()) {
            Ok(parsed) => {
                slips.extend(token_slips(&mended, parsed.tokens.as_deref().unwrap_or_default(), &place));
                return parsed.value.map(|value| node(&value, &place, 0));
            }
            Err(error) => {
                // Of an unclosed bracket, the bracket.
                let range = error.range();
                let whole = matches!(error.kind(), ParseErrorKind::UnterminatedArray | ParseErrorKind::UnterminatedObject);
                let end = if whole { range.start + 1 } else { range.end };
                let span = place(Range { start: range.start, end });
                let Some(repair) = repair(&mended, &error) else {
                    slips.push(Slip::new("json-syntax", span, sentence(&error), "S3 takes strict JSON"));
                    return None;
                };
                shift += repair.shift;
                mended = repair.text;
                if !slips.iter().any(|slip| slip.code == repair.code && slip.span == span) {
                    slips.push(Slip::new(repair.code, span, repair.message, repair.fix));
                }
            }
        }
    }
    None
}

struct Repair {
    text: String,
    shift: usize,
    code: &'static str,
    message: String,
    fix: &'static str,
}

/// The text with the first error mended, where its meaning is plain.
fn repair(text: &str, error: &ParseError) -> Option<Repair> {
    let at = error.range().start.min(text.len());
    let found = text.get(at..)?.chars().next();
    let done = |text: String, code, message: &str, fix| Some(Repair { text, shift: 0, code, message: message.to_owned(), fix });
    if text.contains(['“', '”', '„', '‘', '’']) {
        let message = "typographic quotes: JSON knows only the straight \"";
        return done(straight_quotes(text), "curly-quotes", message, "replace “ and ” by \"");
    }
    match error.kind() {
        ParseErrorKind::UnterminatedArray => done(format!("{text}]"), "unclosed-bracket", "this [ is never closed", "add the missing ]"),
        ParseErrorKind::UnterminatedObject => done(format!("{text}}}"), "unclosed-bracket", "this { is never closed", "add the missing }"),
        ParseErrorKind::UnexpectedComma | ParseErrorKind::UnexpectedTokenInObject if found == Some(',') => {
            done(blanked(text, at), "extra-comma", "a comma too many", "remove it")
        }
        ParseErrorKind::UnexpectedToken if found == Some(';') => done(blanked(text, at), "extra-bracket", AFTER_END, "remove it"),
        ParseErrorKind::MultipleRootJsonValues => match found {
            Some(',' | '{') if text.trim_start().starts_with('{') => {
                let message = "several objects one after the other: the rules must be one list";
                let fix = "put the rules in [ and ], with commas between them";
                Some(Repair { text: format!("[{text}]"), shift: 1, code: "rules-not-a-list", message: message.to_owned(), fix })
            }
            Some(']' | '}' | ',') => done(blanked(text, at), "extra-bracket", AFTER_END, "remove it"),
            _ => None,
        },
        _ => None,
    }
}

/// Typographic quotes become straight ones, padded outside the string so that every other character keeps its place.
fn straight_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '“' | '„' | '‘' | '”' | '’' => out.push_str(if inside { "\"  " } else { "  \"" }),
            _ => out.push(c),
        }
        inside ^= matches!(c, '“' | '„' | '‘' | '”' | '’' | '"');
    }
    out
}

fn blanked(text: &str, at: usize) -> String {
    let mut out = text.to_owned();
    if let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        out.replace_range(at..at + c.len_utf8(), &" ".repeat(c.len_utf8()));
    }
    out
}

fn sentence(error: &ParseError) -> String {
    let text = error.kind().to_string();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => format!("not JSON: {}{}", first.to_ascii_lowercase(), chars.as_str()),
        None => "not JSON".into(),
    }
}

/// What strict JSON does not have, token by token.
fn token_slips(text: &str, tokens: &[TokenAndRange<'_>], place: &dyn Fn(Range) -> Span) -> Vec<Slip> {
    let mut slips = Vec::new();
    let mut before: Option<&TokenAndRange<'_>> = None;
    for token in tokens {
        let here = place(token.range);
        match &token.token {
            Token::CommentLine(_) | Token::CommentBlock(_) => {
                slips.push(Slip::new("comment", here, "JSON has no comments", "remove it"));
                continue;
            }
            Token::CloseBrace | Token::CloseBracket => {
                if let Some(comma) = before.filter(|t| t.token == Token::Comma) {
                    let message = format!("a comma before the closing {}: this is not JSON", token.token.as_str());
                    slips.push(Slip::new("trailing-comma", place(comma.range), message, "remove the comma"));
                }
            }
            Token::String(_) if text.get(token.range.start..).is_some_and(|rest| rest.starts_with('\'')) => {
                slips.push(Slip::new("single-quotes", here, "JSON strings stand in double quotes", "replace ' by \""));
            }
            Token::Word(word) => {
                slips.push(Slip::new("missing-quotes", here, format!("{word} stands without quotes"), format!("write \"{word}\"")));
            }
            _ => {}
        }
        if let Some(previous) = before.filter(|previous| ends_value(&previous.token) && begins_value(&token.token)) {
            let end = Range { start: previous.range.end.saturating_sub(1), end: previous.range.end };
            slips.push(Slip::new("missing-comma", place(end), "a comma is missing after this", "add a comma"));
        }
        before = Some(token);
        if slips.len() >= MOST_SLIPS {
            break;
        }
    }
    slips
}

fn ends_value(token: &Token<'_>) -> bool {
    matches!(token, Token::CloseBrace | Token::CloseBracket) || is_scalar(token)
}

fn begins_value(token: &Token<'_>) -> bool {
    matches!(token, Token::OpenBrace | Token::OpenBracket) || is_scalar(token)
}

fn is_scalar(token: &Token<'_>) -> bool {
    matches!(token, Token::String(_) | Token::Word(_) | Token::Boolean(_) | Token::Number(_) | Token::Null)
}

fn node(value: &Value<'_>, place: &dyn Fn(Range) -> Span, depth: usize) -> Node {
    let data = match value {
        Value::StringLit(text) => Data::Text(text.value.clone().into_owned()),
        Value::NumberLit(number) => Data::Number(number.value.to_owned()),
        Value::BooleanLit(flag) => Data::Word(flag.value.to_string()),
        Value::NullKeyword(_) => Data::Word("null".into()),
        _ if depth > DEEPEST => Data::Opaque("…".into()),
        Value::Array(list) => Data::List(list.elements.iter().map(|item| node(item, place, depth + 1)).collect()),
        Value::Object(object) => {
            let entry = |prop: &jsonc_parser::ast::ObjectProp<'_>| {
                let (name, range) = match &prop.name {
                    ObjectPropName::String(name) => (name.value.clone().into_owned(), name.range),
                    ObjectPropName::Word(name) => (name.value.to_owned(), name.range),
                };
                (Text::at(name, place(range)), node(&prop.value, place, depth + 1))
            };
            Data::Map(object.properties.iter().map(entry).collect())
        }
    };
    // Of what spans lines, the opening bracket.
    let range = value.range();
    let end = if matches!(value, Value::Array(_) | Value::Object(_)) { range.start + 1 } else { range.end };
    Node { data, span: place(Range { start: range.start, end }) }
}
