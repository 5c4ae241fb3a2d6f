//! Makes text from servers harmless in the place it is shown. Every reporter passes foreign text through here.

use std::borrow::Cow;

/// For a terminal: control characters, and characters that reorder or hide text, become visible escapes.
/// Line breaks and tabs become escapes as well, so one value stays on one line.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_tricky) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 16), |mut out, c| {
        if is_tricky(c) {
            out.extend(c.escape_default())
        } else {
            out.push(c)
        }
        out
    }))
}

/// The same for text of our own that may hold line breaks.
pub fn terminal_lines(text: &str) -> String {
    text.split('\n').map(terminal).collect::<Vec<_>>().join("\n")
}

/// For HTML text and attribute values in quotes.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
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
}
