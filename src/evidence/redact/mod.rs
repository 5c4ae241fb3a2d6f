//! Cuts secrets out of text: signatures, tokens, keys, cookies, passwords. What a diagnosis needs stays: that they were
//! there, a credential's scope, cookie names, the scheme of an `Authorization`.
//!
//! Never panics, never changes a text that holds no secret, and gives the same when applied twice.

mod names;
mod scan;
mod token;

use std::borrow::Cow;
use std::ops::Range;

use names::{Secret, of_header};

/// What stands in a secret's place. It needs no escaping in a URL, in XML, in JSON or in a shell.
pub const MARK: &str = "REDACTED";

/// Cuts the secrets out of any text: a URL, a header line, a body, a sentence.
pub fn text(text: &str) -> Cow<'_, str> {
    cut(text, scan::cuts(text))
}

/// Cuts the secrets out of a header's value.
pub fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let Some(secret) = of_header(name) else { return text(value) };
    let mut cuts = Vec::new();
    header_cuts(secret, value, 0..value.len(), &mut cuts);
    cut(value, cuts)
}

/// Whether a header holds a secret, by its name.
pub fn is_secret_header(name: &str) -> bool {
    of_header(name).is_some()
}

/// Whether a header line holds a secret, by its name or by the look of its value.
pub fn is_secret(name: &str, value: &str) -> bool {
    matches!(header(name, value), Cow::Owned(_))
}

/// Redacts a text in place.
pub fn apply(owned: &mut String) {
    if let Cow::Owned(cut) = text(owned) {
        *owned = cut;
    }
}

/// Redacts a text in place, unless it is one of this program's own.
pub fn apply_words(words: &mut Cow<'static, str>) {
    if let Cow::Owned(owned) = words {
        apply(owned);
    }
}

/// Redacts a header line in place.
pub fn apply_header(name: &str, value: &mut String) {
    if let Cow::Owned(cut) = header(name, value) {
        *value = cut;
    }
}

/// The parts of a secret header's value to cut.
fn header_cuts(secret: Secret, text: &str, value: Range<usize>, cuts: &mut Vec<Range<usize>>) {
    match secret {
        Secret::Whole => cuts.push(value),
        Secret::Scheme => {
            let start = value.start + names::scheme_length(&text[value.clone()]);
            cuts.push(start..value.end);
        }
        Secret::Pairs => pair_cuts(text, value, cuts),
        Secret::FirstPair => {
            let end = text[value.clone()].find(';').map_or(value.end, |at| value.start + at);
            pair_cuts(text, value.start..end, cuts);
        }
    }
}

/// `a=1; b=2`: the values go, the names stay.
fn pair_cuts(text: &str, range: Range<usize>, cuts: &mut Vec<Range<usize>>) {
    let mut start = range.start;
    for pair in text[range].split(';') {
        let value = pair.find('=').map_or(0, |at| at + 1);
        let value = value + (pair[value..].len() - pair[value..].trim_start().len());
        cuts.push(start + value..start + value + pair[value..].trim_end().len());
        start += pair.len() + 1;
    }
}

fn cut(text: &str, mut cuts: Vec<Range<usize>>) -> Cow<'_, str> {
    cuts.retain(|c| !c.is_empty() && text.get(c.clone()).is_some_and(|secret| secret != MARK && !is_placeholder(secret)));
    if cuts.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for cut in cuts {
        // Cuts are found from left to right; one inside its predecessor has nothing left to hide.
        let Some(kept) = text.get(at..cut.start) else { continue };
        out.push_str(kept);
        out.push_str(MARK);
        at = cut.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// What a snippet leaves for the reader to fill in, or a page forgot to.
fn is_placeholder(value: &str) -> bool {
    let constant = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    value.starts_with("${")
        || value.strip_prefix('$').is_some_and(constant)
        || (value.starts_with('{') && value.ends_with('}'))
        || (value.starts_with('<') && value.ends_with('>'))
        || value.starts_with("YOUR")
        || value.chars().all(|c| matches!(c, '*' | '.' | '…'))
}

#[cfg(test)]
mod tests;
