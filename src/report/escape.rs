//! Makes text from servers harmless in the place it is shown. Every reporter passes foreign text through here.

use std::borrow::Cow;
use std::fmt::Write as _;

/// For a terminal: control characters, and characters that reorder or hide text, become visible escapes.
/// Line breaks and tabs become escapes as well, so one value stays on one line.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_tricky) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 16), |mut out, c| {
        if is_tricky(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        out
    }))
}

/// The same for text of our own that may hold line breaks.
pub fn terminal_lines(text: &str) -> String {
    text.split('\n').map(terminal).collect::<Vec<_>>().join("\n")
}

/// Written JSON that means the same, and steers no terminal: such characters stand in strings only, where an escape may as well.
pub fn json(text: &str) -> Cow<'_, str> {
    // Nearly all reports: seen many bytes at a time.
    if text.is_ascii() && !text.contains('\u{7f}') {
        return Cow::Borrowed(text);
    }
    let Some(first) = next_tricky(text) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    let (mut rest, mut plain) = (text, first);
    loop {
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else { return Cow::Owned(out) };
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
        rest = &rest[c.len_utf8()..];
        plain = next_tricky(rest).unwrap_or(rest.len());
    }
}

/// Where the first such character stands in written JSON, whose only plain control characters are line breaks.
fn next_tricky(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].bytes().position(|byte| byte >= 0x7f)?;
        let c = text[at..].chars().next()?;
        if is_tricky(c) {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

/// For HTML, in text and in quoted attributes. Control and reordering characters become visible as on a terminal.
pub fn html(text: &str) -> String {
    terminal(text).chars().fold(String::with_capacity(text.len() + 16), push_html)
}

/// The same for a text that may hold line breaks and tabs.
pub fn html_lines(text: &str) -> String {
    text.split('\n').map(|line| line.split('\t').map(html).collect::<Vec<_>>().join("\t")).collect::<Vec<_>>().join("\n")
}

fn push_html(mut out: String, c: char) -> String {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
    out
}

/// For XML, in text and in quoted attributes: characters that XML 1.0 does not know become visible, line breaks stay.
pub fn xml(text: &str) -> String {
    html_lines(text).replace('\n', "&#10;").replace('\t', "&#9;").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// For the message of a workflow command of GitHub Actions.
pub fn github_data(text: &str) -> String {
    terminal_lines(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// For a property of such a command.
pub fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A text as Markdown that shows it as it is: no markup, no links, no line breaks.
pub fn markdown(text: &str) -> String {
    terminal(text).chars().fold(String::with_capacity(text.len() + 16), |mut out, c| {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => out.extend(['\\', c]),
            // Quotes mean nothing outside of tags, and tags cannot begin.
            '"' | '\'' => out.push(c),
            c => return push_html(out, c),
        }
        out
    })
}

/// A text as a code span, with a fence that it does not hold itself.
pub fn markdown_code(text: &str) -> String {
    let text = terminal(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.is_empty() || text.starts_with('`') || text.ends_with('`') || text.starts_with(' ') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A text as a block of code; its tabs stay, for they are copied with it.
pub fn markdown_block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
    let code = text.trim_end().split('\t').map(terminal_lines).collect::<Vec<_>>().join("\t");
    format!("{fence}{language}\n{code}\n{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Control characters (C0, DEL, C1), bidirectional overrides and isolates, zero-width characters, line separators, tags.
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>.
fn is_tricky(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_steer_a_terminal() {
        assert_eq!(terminal("plain – ü"), "plain – ü");
        assert_eq!(terminal("\x1b[2Jx\r\n"), "\\u{1b}[2Jx\\r\\n");
        assert_eq!(terminal("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(terminal_lines("a\nb\x07"), "a\nb\\u{7}");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let text = serde_json::to_string_pretty(&["plain ü", "a\u{202e}b\u{9b}c\u{e0041}\u{7f}\n"]).unwrap();
        let safe = json(&text);
        assert!(safe.contains("plain ü") && safe.contains("\\u202e") && !safe.chars().any(|c| c != '\n' && is_tricky(c)));
        assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), serde_json::from_str::<Vec<String>>(&text).unwrap());
    }

    #[test]
    fn stays_text_in_a_page() {
        assert_eq!(html("<a href=\"x\">'&\u{202e}"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\\u{202e}");
        assert_eq!(html_lines("a\n\t<b>"), "a\n\t&lt;b&gt;");
    }

    #[test]
    fn stays_text_in_markdown() {
        assert_eq!(markdown("*a* [b](c) <d>\n# e"), "\\*a\\* \\[b\\](c) &lt;d&gt;\\\\n\\# e");
        assert_eq!(markdown("it's \"x\""), "it's \"x\"");
        assert_eq!(markdown_block("go", "if x {\n\ty\u{1b}\n}"), "```go\nif x {\n\ty\\u{1b}\n}\n```\n");
        assert_eq!(markdown_code("a `` b"), "```a `` b```");
        assert_eq!(markdown_code("`"), "`` ` ``");
        assert_eq!(markdown_block("js; x", "```\ncode"), "````jsx\n```\ncode\n````\n");
    }
}
