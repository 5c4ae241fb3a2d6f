//! Finds secrets in a text in one pass from left to right: at each separator it looks back for the name.

use std::ops::Range;

use super::names::{self, Place, Secret};
use super::{header_cuts, token};

/// The longest name looked back for.
const NAME: usize = 64;

/// For each byte that is worth a look: the bytes that may follow it, as in [`token::BEGINNINGS`]. After a separator any.
const STOPS: [u32; 256] = {
    let mut stops = token::BEGINNINGS;
    stops[b'=' as usize] = u32::MAX;
    stops[b'%' as usize] = u32::MAX;
    stops[b':' as usize] = u32::MAX;
    stops[b'<' as usize] = u32::MAX;
    stops
};

/// Length of what can be skipped; nothing when there is nothing more to look at. The last byte alone hides no secret.
fn plain_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| STOPS[usize::from(pair[0])] >> (pair[1] & 31) & 1 == 1)
}

/// The parts to cut, in order.
pub(super) fn cuts(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut cuts = Vec::new();
    let mut runs = Runs::default();
    let mut at = 0;
    while let Some(plain) = bytes.get(at..).and_then(plain_length) {
        at += plain;
        let before = cuts.len();
        match bytes[at] {
            b'=' | b'%' => cuts.extend(parameter(text, at, &mut runs)),
            b':' if bytes[at + 1..].starts_with(b"//") => user_info(text, at + 3, &mut cuts),
            b':' => named(text, at, &mut runs, &mut cuts),
            b'<' => cuts.extend(element(text, at)),
            _ if !at.checked_sub(1).is_some_and(|i| bytes[i].is_ascii_alphanumeric()) => {
                cuts.extend(token::at(text, at));
            }
            _ => {}
        }
        // A cut may begin behind `at` only; what it covers is not looked at again.
        at = cuts[before..].iter().map(|c: &Range<usize>| c.end).max().unwrap_or(0).max(at + 1);
    }
    cuts
}

/// Where a value stands, which decides where it ends.
#[derive(Clone, Copy)]
enum Within {
    Text,
    Query,
    /// A query inside another URL's.
    Encoded,
    Line,
}

impl Within {
    /// Whether what begins with this character is behind the value.
    fn ends(self, c: char, from_here: &str) -> bool {
        if matches!(self, Self::Line) {
            return matches!(c, '\n' | '\r' | '"' | '\'' | '<' | '`' | '|');
        }
        c.is_whitespace()
            || matches!(c, '&' | '#' | '"' | '\'' | '<' | '>' | '\\' | '`')
            || match self {
                Self::Text => matches!(c, ';' | ',' | ')' | ']' | '}' | '|'),
                Self::Encoded => c == '%' && ["%26", "%2526", "%23"].iter().any(|end| from_here.starts_with(end)),
                Self::Query | Self::Line => false,
            }
    }
}

/// How far the last value of each kind reached, which holds for whatever begins inside it: a text of many names and no end is
/// read once.
#[derive(Default)]
struct Runs([Option<Run>; 4]);

#[derive(Clone)]
struct Run {
    whole: Range<usize>,
    /// Punctuation behind a URL belongs to the sentence.
    trimmed: usize,
}

impl Runs {
    fn at(&mut self, within: Within, text: &str, start: usize) -> &Run {
        let known = &mut self.0[within as usize];
        if !known.as_ref().is_some_and(|run| run.whole.start <= start && start <= run.whole.end) {
            let rest = &text[start..];
            let len = rest.char_indices().find(|(at, c)| within.ends(*c, &rest[*at..])).map_or(rest.len(), |(at, _)| at);
            let trimmed = start + rest[..len].trim_end_matches(['.', ',', ')', ']', ';', ':', '!']).len();
            *known = Some(Run { whole: start..start + len, trimmed });
        }
        known.get_or_insert(Run { whole: start..start, trimmed: start })
    }
}

/// `name=value` in a query, a form or a sentence, also percent-encoded once or twice inside another URL.
fn parameter(text: &str, at: usize, runs: &mut Runs) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let separator = ["=", "%3D", "%3d", "%253D", "%253d"].into_iter().find(|s| rest.starts_with(s))?;
    let (name, before) = name_before(text, at);
    if !names::may_be_secret(name) {
        return None;
    }
    let start = at + separator.len();
    let encoded = separator.len() > 1;
    let query = encoded || matches!(before, Some(b'?' | b'&' | b';' | b'#' | b'\\' | b'%'));
    let quote = text.as_bytes().get(start).copied().filter(|b| matches!(b, b'"' | b'\''));
    let start = start + usize::from(quote.is_some());
    let within = match (query, encoded) {
        (_, true) => Within::Encoded,
        (true, _) => Within::Query,
        _ => Within::Text,
    };
    let rest = &text[start..];
    let len = match quote {
        Some(quote) => rest.find(char::from(quote)).unwrap_or(rest.len()),
        None => runs.at(within, text, start).trimmed.saturating_sub(start),
    };
    let value = &rest[..len];
    let place = if query { Place::Query } else { Place::Text };
    if value.is_empty() || !names::is_secret(name, place, value) {
        return None;
    }
    let slash =
        |at: &usize| ["/", "%2F", "%2f", "%252F", "%252f"].iter().any(|slash| value.as_bytes()[*at..].starts_with(slash.as_bytes()));
    let scope = if names::has_scope(name) { (0..len).find(slash) } else { None };
    Some(start..start + scope.unwrap_or(len))
}

/// The name that ends before `end` and the byte in front of it. Remains of an escape (`%26name`, `\u0026name`) do not count.
fn name_before(text: &str, end: usize) -> (&str, Option<u8>) {
    let bytes = text.as_bytes();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let len = bytes[..end].iter().rev().take(NAME).take_while(|b| is_name(**b)).count();
    let start = end - len;
    let before = start.checked_sub(1).map(|i| bytes[i]);
    let escape = match before {
        Some(b'%') if text[start..end].starts_with("25") => 4,
        Some(b'%') => 2,
        Some(b'\\') if text[start..end].starts_with("u00") => 5,
        _ => 0,
    };
    (text.get(start + escape..end).unwrap_or_default(), before)
}

/// The user name and password of a URL.
fn user_info(text: &str, start: usize, cuts: &mut Vec<Range<usize>>) {
    let rest = &text[start..];
    let authority = rest
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '\\'))
        .unwrap_or(rest.len());
    let Some(end) = rest[..authority].rfind('@') else { return };
    let colon = rest[..end].find(':').unwrap_or(end);
    for part in [0..colon, (colon + 1).min(end)..end] {
        if !part.is_empty() {
            cuts.push(start + part.start..start + part.end);
        }
    }
}

/// `Name: value` of a header line and `"name": "value"` of JSON.
fn named(text: &str, at: usize, runs: &mut Runs, cuts: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let escaped = at >= 2 && bytes[at - 1] == b'"' && bytes[at - 2] == b'\\';
    let closing = bytes[..at].last().copied().filter(|b| matches!(b, b'"' | b'\''));
    let end = at - usize::from(closing.is_some()) - usize::from(escaped);
    let end = text[..end].strip_suffix(" header").map_or(end, str::len);
    let (name, before) = name_before(text, end);
    if !names::may_be_secret(name) {
        return;
    }
    let gap = text[at + 1..].len() - text[at + 1..].trim_start_matches([' ', '\t']).len();
    let start = at + 1 + gap;
    let opening = ["\\\"", "\"", "'"].into_iter().find(|q| text[start..].starts_with(q)).unwrap_or_default();
    let start = start + opening.len();
    let quoted = if opening.is_empty() {
        before.filter(|b| closing.is_none() && matches!(b, b'"' | b'\'')).map(char::from)
    } else {
        opening.chars().last()
    };
    let value = match quoted {
        Some(quote) => start..start + quoted_length(&text[start..], quote, opening.len() == 1),
        None => start..runs.at(Within::Line, text, start).whole.end,
    };
    let secret = names::of_header(name);
    if closing.is_some() && !opening.is_empty() {
        match secret {
            Some(secret) => header_cuts(secret, text, value, cuts),
            None if names::is_secret(name, Place::Member, &text[value.clone()]) => cuts.push(value),
            None => {}
        }
    } else if let Some(secret) = secret {
        // Quoted as a whole or alone on its line it is a header; elsewhere it may be a sentence.
        if matches!(before, None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'^')) || !opening.is_empty() {
            header_cuts(secret, text, value, cuts);
        } else {
            sentence_cuts(secret, text, value, cuts);
        }
    }
}

/// To the closing quote or the end of the line, past escapes where the quote is a string's own.
fn quoted_length(rest: &str, quote: char, escapes: bool) -> usize {
    let mut skip = false;
    for (at, c) in rest.char_indices() {
        if skip {
            skip = false;
        } else if c == '\\' && escapes {
            skip = true;
        } else if c == quote {
            return if rest[..at].ends_with('\\') { at - 1 } else { at };
        } else if matches!(c, '\n' | '\r') {
            return at;
        }
    }
    rest.len()
}

/// In a sentence only words that look like secrets are cut.
fn sentence_cuts(secret: Secret, text: &str, value: Range<usize>, cuts: &mut Vec<Range<usize>>) {
    let mut start = value.start;
    for _ in 0..if secret == Secret::Scheme { 8 } else { 2 } {
        let rest = &text[start..value.end];
        // What is no secret is looked at again from the next name on, so that its end is not sought.
        let window = &rest[..rest.floor_char_boundary(token::LOOKED_AT)];
        let seen = window.split(' ').next().unwrap_or(window);
        let bare = without_stop(seen);
        if token::looks_random(bare) && !bare.contains("://") && !(secret == Secret::Scheme && names::scheme_length(bare) > 0) {
            let word = rest.split(' ').next().unwrap_or(rest);
            cuts.push(start..start + without_stop(word).len());
            start += word.len() + 1;
        } else {
            start += seen.len() + 1;
        }
        if start > value.end || !text.is_char_boundary(start) {
            return;
        }
    }
}

/// A word without the punctuation behind it.
fn without_stop(word: &str) -> &str {
    word.trim_end_matches([',', ';', '.', ')', ']', '}'])
}

/// `<Name>value</Name>`, also without its end.
fn element(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at + 1..)?;
    let len = rest.bytes().take(NAME).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':')).count();
    let name = &rest[..len];
    if !rest[len..].starts_with('>') || !names::is_secret(name, Place::Member, "") {
        return None;
    }
    let start = at + 1 + len + 1;
    let end = text[start..].find("</").map_or(text.len(), |end| start + end);
    Some(start..end)
}
