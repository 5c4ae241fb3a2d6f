//! Literals of JavaScript as they stand in a copied or hand-written call: strings, objects, and whatever else is skipped over.
//!
//! Never evaluates anything; nesting is bounded.

/// How deep values may be nested; deeper ones are skipped.
const MAX_DEPTH: usize = 16;

/// Quotes without an end, such as an apostrophe in a comment, that are read over. Each costs a look at the whole text.
const MAX_UNCLOSED: usize = 16;

/// A value, as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A string; the parts of a template or a sum that are not literal are left out.
    Text(String),
    /// An object.
    Object(Vec<(String, Value)>),
    /// An array.
    List(Vec<Value>),
    /// `true`, `false`, `null`, numbers, names and calls, as written.
    Other(String),
}

impl Value {
    /// The text of a string.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// Reads values from a text.
pub(super) struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    /// Quotes that were found to open nothing.
    unclosed: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(rest: &'a str) -> Self {
        Self { rest, depth: 0, unclosed: 0 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Passes this character, if it comes next.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        self.skip_blank();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The value that comes next; nothing at the end of the text or of a list.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.skip_blank();
        let first = self.rest.chars().next()?;
        self.depth += 1;
        let value = match first {
            '"' | '\'' | '`' => self.text().map(Value::Text),
            '{' if self.depth < MAX_DEPTH => self.object(),
            '[' if self.depth < MAX_DEPTH => self.list(),
            '}' | ']' | ')' | ',' => None,
            _ => self.other(),
        };
        self.depth -= 1;
        let value = value?;
        self.skip_blank();
        // `"a" + b`, `{…}.c`: the literal is what is known.
        if !self.rest.is_empty() && !self.rest.starts_with([',', '}', ']', ')', ';', ':', '\n']) {
            self.skip_expression();
        }
        Some(value)
    }

    fn object(&mut self) -> Option<Value> {
        self.eat('{');
        let mut members = Vec::new();
        loop {
            self.skip_blank();
            if self.rest.is_empty() || self.eat('}') {
                return Some(Value::Object(members));
            }
            if self.eat(',') {
                continue;
            }
            let before = self.rest.len();
            let key = self.key()?;
            if self.eat(':') {
                members.push((key, self.value()?));
            } else {
                // A shorthand, a spread or a method.
                self.skip_expression();
            }
            if self.rest.len() == before {
                return None;
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        self.skip_blank();
        if self.rest.starts_with(['"', '\'', '`']) {
            return self.text();
        }
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '.'))).unwrap_or(self.rest.len());
        let key = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        Some(key)
    }

    fn list(&mut self) -> Option<Value> {
        self.eat('[');
        let mut items = Vec::new();
        loop {
            if self.rest.is_empty() || self.eat(']') {
                return Some(Value::List(items));
            }
            if self.eat(',') {
                continue;
            }
            let before = self.rest.len();
            items.push(self.value()?);
            // A stray `;` is no value and no end.
            if self.rest.len() == before {
                return None;
            }
        }
    }

    /// A string in any quotes, with its escapes; without an end, nothing.
    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let mut out = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return Some(out);
                }
                '\\' => {
                    let (at, escape) = chars.next()?;
                    let (c, more) = unescape(escape, self.rest.get(at + escape.len_utf8()..).unwrap_or_default());
                    out.extend(c);
                    for _ in 0..more {
                        chars.next();
                    }
                }
                c => out.push(c),
            }
        }
        None
    }

    /// A name, a number, a call: as written, without what is in its brackets; `new Headers({…})` gives the object.
    fn other(&mut self) -> Option<Value> {
        let mut word = self.word();
        while word == "new" {
            self.skip_blank();
            word = self.word();
        }
        if matches!(word, "Headers" | "URL" | "Request" | "Object.assign" | "Object.fromEntries") && self.depth < MAX_DEPTH && self.eat('(')
        {
            let value = self.value();
            self.skip_to_close();
            return value.or(Some(Value::Other(word.to_owned())));
        }
        Some(Value::Other(word.to_owned()))
    }

    fn word(&mut self) -> &'a str {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']' | ')' | '(' | '{' | '[' | ';');
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// Passes the rest of the arguments and their closing bracket.
    fn skip_to_close(&mut self) {
        while self.eat(',') {
            self.skip_expression();
        }
        self.eat(')');
    }

    /// Passes everything up to the comma or bracket that ends the expression.
    fn skip_expression(&mut self) {
        let mut open = 0_usize;
        while let Some(c) = self.rest.chars().next() {
            match c {
                '"' | '\'' | '`' => {
                    if self.text().is_some() {
                        continue;
                    }
                    self.unclosed += 1;
                    if self.unclosed > MAX_UNCLOSED {
                        self.rest = "";
                        return;
                    }
                }
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' if open == 0 => return,
                ')' | ']' | '}' => open -= 1,
                ',' if open == 0 => return,
                _ => {}
            }
            self.rest = &self.rest[c.len_utf8()..];
        }
    }

    /// Passes blanks and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with("//") {
                self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if self.rest.starts_with("/*") {
                self.rest = self.rest.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return;
            }
        }
    }
}

/// The character of an escape, and how many more characters it takes.
fn unescape(escape: char, rest: &str) -> (Option<char>, usize) {
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
    match escape {
        'n' => (Some('\n'), 0),
        't' => (Some('\t'), 0),
        'r' => (Some('\r'), 0),
        'b' => (Some('\u{8}'), 0),
        'f' => (Some('\u{c}'), 0),
        '\n' => (None, 0),
        'x' => rest.get(..2).map_or((Some('x'), 0), |digits| (Some(code(digits)), 2)),
        'u' if rest.starts_with('{') => match rest.find('}').filter(|end| *end < 9) {
            Some(end) => (Some(code(&rest[1..end])), end + 1),
            None => (Some('u'), 0),
        },
        'u' => rest.get(..4).filter(|d| d.is_ascii()).map_or((Some('u'), 0), |digits| (Some(code(digits)), 4)),
        other => (Some(other), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let text = r#"{ method: 'PUT', "headers": new Headers({ 'x-a': "1", Authorization: `Bearer ${t}`, }), body: JSON.stringify({ a: [1, ")"] }), n: -1.5, ...rest, cache, /* c */ last: "é\n" } tail"#;
        let mut reader = Reader::new(text);
        let value = reader.value().unwrap();
        assert_eq!(value.get("method").and_then(Value::text), Some("PUT"));
        assert_eq!(value.get("headers").and_then(|h| h.get("x-a")).and_then(Value::text), Some("1"));
        assert_eq!(value.get("body"), Some(&Value::Other("JSON.stringify".into())));
        assert_eq!(value.get("last").and_then(Value::text), Some("é\n"));
    }

    #[test]
    fn deep_and_cut_off_texts_are_survived() {
        for text in [
            "[".repeat(100_000),
            "{a:".repeat(100_000),
            "{\"a\": \"b".into(),
            "new ".repeat(100_000),
            "{a:{b:[1,2".into(),
            "\"\\u{110000}\\x4".into(),
            "[;".into(),
            format!("{{a: b {}", "\\'".repeat(50_000)),
        ] {
            let _ = Reader::new(&text).value();
        }
    }
}
