//! A mistake in a file: where it stands, what is wrong, what was probably meant.

use std::fmt;
use std::ops::Range;

use super::Location;

/// A mistake with its line and a caret under the spot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub at: Location,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    line_text: String,
    width: usize,
}

impl Mistake {
    /// A mistake at a byte range of a text.
    pub fn new(file: &str, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = floor(text, span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line_text = text[line_start..].lines().next().unwrap_or_default();
        let column = text[line_start..start].chars().count() + 1;
        let end = floor(text, span.end.max(start)).min(line_start + line_text.len()).max(start);
        let at = Location { file: file.to_owned(), line: before.matches('\n').count() + 1, column };
        Self {
            at,
            message: message.into(),
            help: None,
            line_text: line_text.chars().take(300).collect(),
            width: text[start..end].chars().count().max(1),
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

/// The nearest character boundary at or before an index.
fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}:{}: {}", self.at.file, self.at.line, self.at.column, self.message)?;
        writeln!(f, "  | {}", self.line_text.replace('\t', " "))?;
        write!(f, "  | {}{}", " ".repeat(self.at.column - 1), "^".repeat(self.width.min(120)))?;
        match &self.help {
            Some(help) => write!(f, " {help}"),
            None => Ok(()),
        }
    }
}

/// The known word nearest to one that is not known.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|k| (strsim::damerau_levenshtein(word, k), *k));
    scored.min().filter(|(distance, k)| *distance <= 1 + k.len() / 3).map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_spot() {
        let mistake = Mistake::new("a.toml", "x = 1\nörigin = 2\n", 6..13, "unknown key").help(Some("did you mean `origin`?".into()));
        assert_eq!(mistake.to_string(), "a.toml:2:1: unknown key\n  | örigin = 2\n  | ^^^^^^ did you mean `origin`?");
        assert_eq!(Mistake::new("a", "ü", 1..9, "m").at.column, 1);
    }

    #[test]
    fn knows_the_nearest_word() {
        assert_eq!(nearest("orgin", &["url", "origin", "origins"]), Some("origin"));
        assert_eq!(nearest("zzz", &["url", "origin"]), None);
    }
}
