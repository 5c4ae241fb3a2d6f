//! "Copy as PowerShell": `Invoke-WebRequest` with a table of headers.

use super::page::Draft;
use super::{IntakeError, text};
use crate::ask::Credentials;

/// A command at the beginning of the text, with the lines that prepare its session, and what follows it.
pub(super) fn read(text: &str) -> Result<Option<(Draft, &str)>, IntakeError> {
    let prepared = text.starts_with("$session");
    let names = ["Invoke-WebRequest", "Invoke-RestMethod", "iwr ", "irm "];
    if !prepared && !names.iter().any(|name| text.starts_with(name)) {
        return Ok(None);
    }
    let Some(at) = names.iter().filter_map(|name| text.find(name)).min() else { return Ok(None) };
    let broken = |problem: String| IntakeError::Broken { what: "the PowerShell command", problem };
    let mut words = Words { rest: &text[at..] };
    let mut url = None;
    let mut draft_method = None;
    let mut headers = Vec::new();
    let mut body_bytes = None;
    words.next();
    while let Some(word) = words.next() {
        match word.to_ascii_lowercase().as_str() {
            "-uri" => url = words.next(),
            "-method" | "-custommethod" => draft_method = words.next(),
            "-contenttype" => headers.extend(words.next().map(|value| ("content-type".to_owned(), value))),
            "-body" => body_bytes = words.next().and_then(|body| u64::try_from(body.len()).ok()),
            "-headers" => headers.extend(words.table()),
            "-websession" | "-useragent" | "-outfile" | "-timeoutsec" | "-sessionvariable" => drop(words.next()),
            other if !other.starts_with('-') && url.is_none() => url = Some(word),
            _ => {}
        }
    }
    let url = url.ok_or_else(|| broken("it has no -Uri; copy the whole command".into()))?;
    let url =
        text::url(&url).ok_or_else(|| broken(format!("{:?} is not an absolute http or https URL", crate::evidence::redact::text(&url))))?;
    let mut draft = Draft::get(url);
    // PowerShell writes its own methods as names: `-Method Put` is sent as PUT.
    draft.method = draft_method.map(|method: String| method.to_ascii_uppercase());
    draft.headers = headers;
    draft.body_bytes = body_bytes;
    if prepared && text[..at].contains("Cookies.Add(") {
        draft.credentials = Some(Credentials::Include);
    }
    Ok(Some((draft, words.rest)))
}

/// The words of one command; a backtick continues the line.
struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    fn next(&mut self) -> Option<String> {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            let Some(after) = self.rest.strip_prefix('`') else { break };
            self.rest = after.trim_start_matches([' ', '\t', '\r']);
            self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        }
        let first = self.rest.chars().next()?;
        if matches!(first, '\n' | '\r' | ';' | '|') {
            return None;
        }
        if matches!(first, '"' | '\'') {
            return Some(self.quoted(first));
        }
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '=' | '}' | '"'))
            .unwrap_or(self.rest.len())
            .max(first.len_utf8());
        let word = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        Some(word)
    }

    /// A string; a backtick or a doubled quote escapes.
    fn quoted(&mut self, quote: char) -> String {
        let mut out = String::new();
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '`' if quote == '"' => out.extend(chars.next().map(|(_, c)| c)),
                c if c == quote => {
                    if chars.next_if(|(_, next)| *next == quote).is_none() {
                        self.rest = &self.rest[at + 1..];
                        return out;
                    }
                    out.push(c);
                }
                c => out.push(c),
            }
        }
        self.rest = "";
        out
    }

    /// `@{ "name"="value" … }`.
    fn table(&mut self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let Some(rest) = self.rest.trim_start().strip_prefix("@{") else { return pairs };
        self.rest = rest;
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ';' | '`'));
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return pairs;
            }
            let Some(name) = self.next() else { return pairs };
            self.rest = self.rest.trim_start();
            let Some(rest) = self.rest.strip_prefix('=') else { return pairs };
            self.rest = rest.trim_start();
            let Some(value) = self.next() else { return pairs };
            // The pseudo headers of HTTP/2, written without their colon.
            if !matches!(name.as_str(), "authority" | "method" | "path" | "scheme") {
                pairs.push((name, value));
            }
        }
    }
}
