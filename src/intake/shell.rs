//! Splits a command line into words as bash and as Windows' cmd do, as far as copied commands use their quoting.
//!
//! Never expands anything: a `$variable` stays as it is written.

/// The most words of one command.
const MAX_WORDS: usize = 4096;

/// The words of the first command, and what follows it. An open quote takes everything up to the end.
pub(super) fn words(text: &str) -> (Vec<String>, &str) {
    if is_cmd(text) { cmd(text) } else { bash(text) }
}

/// Whether the command is quoted for cmd: `^"` or a line that ends in a caret.
fn is_cmd(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim_end();
    line.ends_with(" ^") || (text.contains("^\"") && !line.contains('\''))
}

fn bash(text: &str) -> (Vec<String>, &str) {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            // A continued line, PowerShell's too; Windows' line ends and blanks behind the backslash come from web pages.
            '\\' | '`' if continues(&text[at + 1..]) => {
                let _ = chars.by_ref().find(|(_, c)| *c == '\n');
                words.extend(word.take());
            }
            '\\' => word.get_or_insert_default().extend(chars.next().map(|(_, c)| c)),
            '\'' => {
                let word = word.get_or_insert_default();
                for (_, c) in chars.by_ref().take_while(|(_, c)| *c != '\'') {
                    word.push(c);
                }
            }
            '"' => double_quoted(&mut chars, word.get_or_insert_default()),
            '$' if chars.next_if(|(_, c)| *c == '\'').is_some() => ansi_c(&mut chars, word.get_or_insert_default()),
            '$' if chars.next_if(|(_, c)| *c == '"').is_some() => double_quoted(&mut chars, word.get_or_insert_default()),
            '\n' | ';' | '&' | '|' => {
                words.extend(word.take());
                return (words, &text[at + 1..]);
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
        if words.len() >= MAX_WORDS {
            break;
        }
    }
    words.extend(word);
    (words, "")
}

/// Whether nothing but blanks stands before the end of the line.
fn continues(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
}

type Chars<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

fn double_quoted(chars: &mut Chars<'_>, word: &mut String) {
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => return,
            '\\' => match chars.next() {
                Some((_, '\n')) | None => {}
                Some((_, c @ ('$' | '`' | '"' | '\\' | '!'))) => word.push(c),
                Some((_, c)) => word.extend(['\\', c]),
            },
            c => word.push(c),
        }
    }
}

/// `$'…'`: <https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html>.
fn ansi_c(chars: &mut Chars<'_>, word: &mut String) {
    while let Some((_, c)) = chars.next() {
        match c {
            '\'' => return,
            '\\' => {
                let Some((_, escape)) = chars.next() else { return };
                let code = match escape {
                    'n' => Some(10),
                    't' => Some(9),
                    'r' => Some(13),
                    'a' => Some(7),
                    'b' => Some(8),
                    'e' | 'E' => Some(27),
                    'f' => Some(12),
                    'v' => Some(11),
                    'x' => number(chars, 16, 2, 0),
                    'u' => number(chars, 16, 4, 0),
                    'U' => number(chars, 16, 8, 0),
                    '0'..='7' => number(chars, 8, 2, escape.to_digit(8).unwrap_or_default()),
                    other => Some(other as u32),
                };
                word.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            c => word.push(c),
        }
    }
}

fn number(chars: &mut Chars<'_>, radix: u32, most: usize, first: u32) -> Option<u32> {
    let mut value = first;
    for _ in 0..most {
        let Some(digit) = chars.next_if(|(_, c)| c.is_digit(radix)).and_then(|(_, c)| c.to_digit(radix)) else { break };
        value = value.checked_mul(radix)?.checked_add(digit)?;
    }
    Some(value)
}

/// First cmd's own carets and separators, then the quoting that the C runtime takes apart.
fn cmd(text: &str) -> (Vec<String>, &str) {
    let mut line = String::new();
    let mut quoted = false;
    let mut left = "";
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                line.push(c);
            }
            '^' if !quoted => {
                let _ = chars.next_if(|(_, c)| *c == '\r');
                match chars.next() {
                    Some((_, '\n')) => {
                        // A second line end after the caret is one of the text.
                        let _ = chars.next_if(|(_, c)| *c == '\r');
                        if chars.next_if(|(_, c)| *c == '\n').is_some() {
                            line.push('\n');
                        }
                    }
                    Some((_, c)) => line.push(c),
                    None => {}
                }
            }
            '&' | '|' | '\n' if !quoted => {
                left = &text[at + 1..];
                break;
            }
            c => line.push(c),
        }
    }
    (c_runtime(&line), left)
}

/// <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>.
fn c_runtime(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'"') => word.get_or_insert_default().extend(chars.next()),
            '\\' => {
                // Copied commands double every backslash.
                let _ = chars.next_if_eq(&'\\');
                word.get_or_insert_default().push('\\');
            }
            '"' if quoted && chars.peek() == Some(&'"') => word.get_or_insert_default().extend(chars.next()),
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
        if words.len() >= MAX_WORDS {
            break;
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_quotes_apart() {
        for (text, wanted) in [
            ("curl 'a b' -H \"x: \\\"y\\\"\" c\\ d", &["curl", "a b", "-H", "x: \"y\"", "c d"][..]),
            ("curl 'a' \\\n  -X 'PUT' \\\r\n -I", &["curl", "a", "-X", "PUT", "-I"]),
            ("curl 'a' \\ \t\n  -I", &["curl", "a", "-I"]),
            ("a'b'\\''c' \"\"", &["ab'c", ""]),
            (r"$'a\nb\u0021\x41\101\'q' $HOME", &["a\nb!AA'q", "$HOME"]),
            (
                "curl ^\"https://a/?x=1^&y=^%^5E^\" ^\n  -H ^\"a: b^\" ^\r\n  --data-raw ^\"^{^\\^\"k^\\^\":1^}^\"",
                &["curl", "https://a/?x=1&y=%5E", "-H", "a: b", "--data-raw", "{\"k\":1}"],
            ),
            ("curl ^\n\"https://a/?x=1&y=2\" -d \"{\"\"a\"\":1}\"", &["curl", "https://a/?x=1&y=2", "-d", "{\"a\":1}"]),
            ("'open \" quote", &["open \" quote"]),
        ] {
            assert_eq!(words(text).0, wanted, "{text}");
        }
        assert_eq!(words("a b; c d"), (vec!["a".into(), "b".into()], " c d"));
        assert_eq!(words("curl ^\"a^\" &\r\ncurl b").1, "\r\ncurl b");
    }
}
