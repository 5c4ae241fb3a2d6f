//! One tree for JSON, YAML and Terraform values, and how a rule is read from it. Keys that are nearly right are understood
//! and reported.

use super::config::{Config, Dialect, Grade, MaxAge, Rule, Slip, Span, Text, UNKNOWN_UNTIL_DEPLOYED as UNKNOWN};

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) data: Data,
    pub(super) span: Span,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Data {
    Text(String),
    /// A number as written.
    Number(String),
    /// `true`, `false`, `null`.
    Word(String),
    List(Vec<Node>),
    Map(Vec<(Text, Node)>),
    /// Known at deployment only; as written.
    Opaque(String),
}

/// Deeper values are not looked at.
pub(super) const DEEPEST: usize = 64;
/// Rules and values of a list that are read; S3 stores 100 rules.
const MOST: usize = 10_000;

impl Node {
    pub(super) fn map(&self) -> Option<&[(Text, Self)]> {
        if let Data::Map(entries) = &self.data { Some(entries) } else { None }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        if let Data::List(items) = &self.data { Some(items) } else { None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Data::Text(text) = &self.data { Some(text) } else { None }
    }

    /// The last entry of this name, which is the one that parsers keep.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.iter().rev().find(|(name, _)| name.value == key).map(|(_, node)| node)
    }

    /// Kind of value, for messages.
    fn kind(&self) -> &'static str {
        match &self.data {
            Data::Text(_) => "a string",
            Data::Number(_) => "a number",
            Data::Word(word) if word == "null" => "null",
            Data::Word(_) => "a truth value",
            Data::List(_) => "a list",
            Data::Map(_) => "an object",
            Data::Opaque(_) => "an expression",
        }
    }
}

/// The fields of a rule, in the order of [`Dialect::keys`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Origins,
    Methods,
    Headers,
    Expose,
    MaxAge,
    Id,
}

const FIELDS: [Field; 6] = [Field::Origins, Field::Methods, Field::Headers, Field::Expose, Field::MaxAge, Field::Id];

/// Reads the list of rules.
pub(super) fn config(node: &Node, name: Option<String>, dialect: Dialect, slips: &mut Vec<Slip>) -> Config {
    let mut config = Config { dialect, name, span: node.span, ..Config::default() };
    let rules: &[Node] = match &node.data {
        Data::List(rules) => rules,
        Data::Map(_) => {
            slips.push(Slip::new("rules-not-a-list", node.span, "the rules are one object, not a list", "put the rule in [ and ]"));
            std::slice::from_ref(node)
        }
        Data::Opaque(_) => std::slice::from_ref(node),
        _ => {
            slips.push(Slip::new("rules-not-a-list", node.span, format!("a list of rules is expected here, not {}", node.kind()), ""));
            &[]
        }
    };
    for node in rules.iter().take(MOST) {
        let index = config.rules.len();
        let from = slips.len();
        match &node.data {
            Data::Map(entries) => config.rules.push(rule(entries, node.span, dialect, slips)),
            Data::Opaque(_) => {
                config.is_opaque = true;
                slips.push(opaque_rules(node.span));
                continue;
            }
            _ => slips.push(Slip::new("rule-not-an-object", node.span, format!("a rule is expected here, not {}", node.kind()), "")),
        }
        for slip in slips.iter_mut().skip(from) {
            slip.rule = Some(index);
        }
    }
    config
}

/// The note that some rules are known at deployment only.
pub(super) fn opaque_rules(span: Span) -> Slip {
    Slip::new(UNKNOWN, span, "these rules are only known at deployment: they are not checked", "").graded(Grade::Note)
}

fn opaque_value(span: Span) -> Slip {
    Slip::new(UNKNOWN, span, "this value is only known at deployment: it is not checked", "").graded(Grade::Note)
}

fn rule(entries: &[(Text, Node)], span: Span, dialect: Dialect, slips: &mut Vec<Slip>) -> Rule {
    let mut rule = Rule { span, ..Rule::default() };
    let mut seen: Vec<Field> = Vec::new();
    for (key, node) in entries.iter().take(MOST) {
        let Some(field) = field(key, dialect, slips) else { continue };
        if seen.contains(&field) {
            let message = format!("{} stands here a second time: only one of the two counts", key.value);
            slips.push(Slip::new("duplicate-key", key.span, message, "join the two lists"));
        }
        seen.push(field);
        match field {
            Field::Origins => rule.origins = texts(key, node, slips),
            Field::Methods => rule.methods = texts(key, node, slips),
            Field::Headers => rule.headers = texts(key, node, slips),
            Field::Expose => rule.expose = texts(key, node, slips),
            Field::MaxAge => rule.max_age = max_age(key, node, dialect, slips),
            Field::Id => rule.id = id(node, slips),
        }
    }
    rule
}

/// Which field a key means. What is nearly right is reported and taken.
fn field(key: &Text, dialect: Dialect, slips: &mut Vec<Slip>) -> Option<Field> {
    let keys = dialect.keys();
    if let Some(at) = keys.iter().position(|k| *k == key.value) {
        return FIELDS.get(at).copied();
    }
    let at = keys.iter().position(|k| alike(k) == alike(&key.value));
    let near = keys.iter().map(|k| (strsim::osa_distance(k, &key.value), *k)).min().filter(|(d, _)| *d <= 3).map(|(_, k)| k);
    let name = at.and_then(|at| keys.get(at)).copied().or(near);
    let fix = match name {
        Some(name) => format!("write {name}"),
        None => format!("a rule has {}", keys.join(", ")),
    };
    slips.push(Slip::new("unknown-key", key.span, format!("{} is not a key of a CORS rule in this form", key.value), fix));
    let at = at.or_else(|| keys.iter().position(|k| Some(*k) == near))?;
    FIELDS.get(at).copied()
}

/// The same key in another spelling: `allowedOrigin`, `allowed_origins`, `AllowedOrigin`, `ExposedHeaders`, `MaxAge`.
fn alike(key: &str) -> String {
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let key = key.strip_suffix("seconds").unwrap_or(&key);
    key.trim_end_matches('s').replace("exposed", "expose")
}

fn texts(key: &Text, node: &Node, slips: &mut Vec<Slip>) -> Vec<Text> {
    match &node.data {
        Data::List(items) => items.iter().take(MOST).filter_map(|item| text(key, item, slips)).collect(),
        Data::Opaque(value) => vec![Text { is_list: true, ..Text::opaque(value, node.span) }],
        Data::Word(word) if word == "null" => Vec::new(),
        _ => {
            let message = format!("{} must be a list, not {}", key.value, node.kind());
            slips.push(Slip::new("not-a-list", node.span, message, "put the value in [ and ]"));
            text(key, node, slips).into_iter().collect()
        }
    }
}

fn text(key: &Text, node: &Node, slips: &mut Vec<Slip>) -> Option<Text> {
    match &node.data {
        Data::Text(value) => Some(Text::at(value, node.span)),
        Data::Opaque(value) => Some(Text::opaque(value, node.span)),
        Data::Number(value) | Data::Word(value) => {
            slips.push(wrong_type(key, node));
            Some(Text::at(value, node.span))
        }
        Data::List(_) | Data::Map(_) => {
            slips.push(wrong_type(key, node));
            None
        }
    }
}

fn wrong_type(key: &Text, node: &Node) -> Slip {
    Slip::new("wrong-type", node.span, format!("{} holds strings, not {}", key.value, node.kind()), "put the value in quotes")
}

fn id(node: &Node, slips: &mut Vec<Slip>) -> Option<Text> {
    match &node.data {
        Data::Text(id) | Data::Number(id) => return Some(Text::at(id, node.span)),
        Data::Opaque(_) => slips.push(opaque_value(node.span)),
        _ => {}
    }
    None
}

/// `CloudFormation` and Terraform take a number in quotes, the others do not.
fn max_age(key: &Text, node: &Node, dialect: Dialect, slips: &mut Vec<Slip>) -> Option<MaxAge> {
    let (Data::Number(text) | Data::Text(text)) = &node.data else {
        slips.push(match node.data {
            Data::Opaque(_) => opaque_value(node.span),
            _ => Slip::new("max-age-not-a-number", node.span, format!("{} must be a number, not {}", key.value, node.kind()), ""),
        });
        return None;
    };
    let strict = matches!(dialect, Dialect::Console | Dialect::Cli);
    if strict && matches!(node.data, Data::Text(_)) && text.trim().parse::<i64>().is_ok() {
        let message = format!("{} is a string; it must be a number", key.value);
        slips.push(Slip::new("wrong-type", node.span, message, format!("write {text} without quotes")));
    }
    seconds(text, node.span, slips)
}

/// The seconds of a text, or a slip.
pub(super) fn seconds(text: &str, span: Span, slips: &mut Vec<Slip>) -> Option<MaxAge> {
    let age = text.trim().parse().ok().map(|seconds| MaxAge { seconds, span });
    if age.is_none() {
        slips.push(Slip::new("max-age-not-a-number", span, format!("{text:?} is not a whole number of seconds"), "write a number"));
    }
    age
}
