//! The documentation of a cause for a terminal: the few forms of Markdown that the catalogue uses.

use std::fmt::Write as _;

use colored::Colorize;

use super::words::wrapping;

/// The documentation, wrapped. Headings are bold, code is indented and coloured, `<links>` lose their brackets.
pub fn write(docs: &str, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in lines(docs) {
        if line.starts_with("```") {
            flush(&mut out, &mut paragraph, width);
            in_code = !in_code;
        } else if in_code {
            let _ = writeln!(out, "    {}", line.cyan());
        } else if let Some(heading) = line.strip_prefix("# ") {
            flush(&mut out, &mut paragraph, width);
            let _ = writeln!(out, "\n{}", heading.bold());
        } else if line.is_empty() {
            flush(&mut out, &mut paragraph, width);
        } else {
            if is_item(line) {
                flush(&mut out, &mut paragraph, width);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim_start());
        }
    }
    flush(&mut out, &mut paragraph, width);
    out
}

/// The lines of a doc comment, without the space that follows the slashes.
pub fn lines(docs: &str) -> impl Iterator<Item = &str> {
    docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("- ") || line.starts_with("* ") || line.split_once(". ").is_some_and(|(n, _)| n.len() < 3 && n.parse::<u8>().is_ok())
}

fn flush(out: &mut String, paragraph: &mut String, width: usize) {
    if paragraph.is_empty() {
        return;
    }
    let text = without_brackets(paragraph);
    let (first, rest, text) = match text.strip_prefix("- ").or(text.strip_prefix("* ")) {
        Some(item) => ("  • ", "    ", item),
        None => ("  ", if is_item(&text) { "     " } else { "  " }, text.as_str()),
    };
    let options = wrapping(width).initial_indent(first).subsequent_indent(rest);
    for line in textwrap::wrap(text, options) {
        out.push_str(&line);
        out.push('\n');
    }
    paragraph.clear();
}

/// `<https://…>` is Markdown for a bare link.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let link = after.split_once('>').filter(|(link, _)| link.starts_with("https://") || link.starts_with("http://"));
        if let Some((link, after)) = link {
            out.push_str(link);
            rest = after;
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_the_catalogue_uses() {
        colored::control::set_override(false);
        let docs = " # Fix\n One line that\n goes on.\n\n - an item\n   of two lines\n - another, see <https://example.com/a>\n ```toml\n  a = 1\n ```\n";
        let wanted = "\nFix\n  One line that goes on.\n  • an item of two lines\n  • another, see\n    https://example.com/a\n     a = 1\n";
        assert_eq!(write(docs, 30), wanted);
        assert_eq!(without_brackets("a < b, <http and <https://e.test/x>."), "a < b, <http and https://e.test/x.");
    }
}
