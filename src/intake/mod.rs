//! Reads whatever a person pastes: a URL, "Copy as cURL", "Copy as fetch", "Copy as PowerShell", a HAR file, console messages.
//! The kind is recognised by itself, several may come at once.
//!
//! Never reads a file, never sends anything; an input that says nothing is an error that says what was expected.

mod console;
mod curl;
mod fetch;
mod form;
mod har;
mod lookalike;
mod page;
mod panel;
mod plain;
mod powershell;
mod script;
mod shell;
mod text;

pub use lookalike::Lookalike;

use url::Url;

use crate::ask::Ask;
use crate::evidence::{Evidence, redact};
use crate::web::Origin;

/// The longest text that is not a HAR file.
pub const MAX_TEXT: usize = 8 << 20;

/// The most asks that one input may hold.
const MAX_ITEMS: usize = 1000;

/// What is known besides the text.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The page's origin, when the user names it; it wins over what the text says.
    pub origin: Option<Origin>,
    /// The origin of pages that the text does not name.
    pub fallback: Option<Origin>,
}

/// One thing that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Intake {
    /// Where it comes from.
    pub source: Source,
    /// One line: what was understood, without secrets.
    pub understood: String,
    /// What it is.
    pub meaning: Meaning,
}

/// What a pasted text turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A request to judge, with what the text recorded of its exchanges.
    Ask {
        /// The request.
        ask: Box<Ask>,
        /// The recorded exchanges; nothing where the text holds none.
        recorded: Option<Box<Evidence>>,
    },
    /// Something that looks like CORS and is not.
    Lookalike(Box<Lookalike>),
    /// A part of the input that there was no room for; what was understood says how much, and what to do.
    LeftOut,
}

/// The form of a pasted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A URL alone, or a request in one line.
    Url,
    /// The head of an HTTP request.
    Head,
    /// A curl command.
    Curl,
    /// A call of `fetch`.
    Fetch,
    /// A PowerShell command.
    PowerShell,
    /// What a signer hands to a page: a URL and the fields of a form.
    Form,
    /// An HTTP archive.
    Har,
    /// A message of a browser's console.
    Console,
}

/// Why a text was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// There is nothing.
    #[error("the input is empty; expected {EXPECTED}")]
    Empty,
    /// There is too much.
    #[error("the input is too large: {0} bytes, at most {MAX_TEXT} for anything but a HAR file")]
    TooLarge(usize),
    /// Nothing in it is known.
    #[error("cannot tell what this is: {0:?}; expected {EXPECTED}")]
    Unknown(String),
    /// Recognised, but not complete or not right.
    #[error("{what}: {problem}")]
    Broken {
        /// What it looked like.
        what: &'static str,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// The text does not say which page asked.
    #[error("{0} does not say which page makes the request: add --origin https://your.app")]
    NoOrigin(String),
}

const EXPECTED: &str = "a URL, a \"Copy as cURL\", \"Copy as fetch\" or request headers from the browser's network panel, a HAR file, a presigned form ({\"url\": …, \"fields\": {…}}), or the console message with its URL";

/// Understands a text; at least one item when it succeeds.
pub fn read(text: &str, hints: &Hints) -> Result<Vec<Intake>, IntakeError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(IntakeError::Empty);
    }
    if let Some(plain) = plain_blanks(text).or_else(|| unfenced(text)) {
        return read(&plain, hints);
    }
    if is_json(text) {
        let form = if text.len() <= MAX_TEXT { form::read(text, hints) } else { None };
        return form.map_or_else(|| har::read(text.as_bytes(), hints), |form| Ok(vec![form?]));
    }
    if text.len() > MAX_TEXT {
        return Err(IntakeError::TooLarge(text.len()));
    }
    if let Some(url) = lone_url(text) {
        return Ok(vec![page::Draft::get(url).intake(Source::Url, hints)?]);
    }
    if let Some(drafts) = plain::lines(text) {
        return drafts.into_iter().map(|draft| draft.intake(Source::Url, hints)).collect();
    }
    if let Some(draft) = panel::read(text) {
        return Ok(vec![draft.intake(Source::Head, hints)?]);
    }
    if let Some(draft) = plain::head(text)? {
        return Ok(vec![draft.intake(Source::Head, hints)?]);
    }
    if !text.contains("curl ")
        && let Some(head) = plain::verbose(text)
        && let Some(draft) = plain::head(&head)?
    {
        return Ok(vec![draft.intake(Source::Head, hints)?]);
    }
    if let Some(straight) = straightened(text).or_else(|| unquoted(text)) {
        return read(&straight, hints);
    }
    let mut items = Vec::new();
    let mut prose = String::new();
    let mut rest = text;
    while !rest.is_empty() && items.len() < MAX_ITEMS {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        // A line that holds nothing begins nothing: a text of many such lines is looked at once, not once a line.
        let begins = !rest[..end].chars().all(is_prompt);
        if begins && let Some(((source, drafts), left)) = command(rest)? {
            for draft in drafts {
                items.push(draft.intake(source, hints)?);
            }
            rest = left;
            continue;
        }
        prose.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    let nothing_else = items.is_empty();
    items.extend(console::read(&prose, hints, nothing_else)?);
    let mut seen: Vec<Meaning> = Vec::new();
    items.retain(|item| {
        !seen.contains(&item.meaning) && {
            seen.push(item.meaning.clone());
            true
        }
    });
    if items.is_empty() { Err(unknown(text)) } else { Ok(items) }
}

/// The text with plain blanks, where chats and documents have put others; nothing where they have not, or where the text is JSON.
fn plain_blanks(text: &str) -> Option<String> {
    const BLANKS: [char; 3] = ['\u{a0}', '\u{202f}', '\u{2007}'];
    const NOTHING: [char; 3] = ['\u{200b}', '\u{2060}', '\u{feff}'];
    let odd = |c: char| BLANKS.contains(&c) || NOTHING.contains(&c);
    (text.len() <= MAX_TEXT && !is_json(text) && text.contains(odd)).then(|| text.replace(BLANKS, " ").replace(NOTHING, ""))
}

/// Whether an input that begins like this and is too large for [`read`] is a HAR file, for [`read_archive`].
pub fn is_archive(beginning: &str) -> bool {
    is_json(beginning.trim_start_matches('\u{feff}').trim_start())
}

/// Understands a HAR file as it streams in, of any size: what is held in memory is bounded.
pub fn read_archive(input: impl std::io::Read, hints: &Hints) -> Result<Vec<Intake>, IntakeError> {
    har::read(input, hints)
}

/// The requests of a command at the beginning of the text, and what follows it.
type Command<'a> = Option<((Source, Vec<page::Draft>), &'a str)>;

fn command(text: &str) -> Result<Command<'_>, IntakeError> {
    let start = without_prompt(text);
    let mut words = start.split_whitespace();
    let (name, next) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let goes_on = next.starts_with('-') || plain::is_method(next) || text::url(next).is_some();
    if matches!(name, "wget" | "http" | "https" | "xh") && goes_on {
        let problem = format!("{name} is not read; copy the request as cURL or as fetch from the browser's network panel");
        return Err(IntakeError::Broken { what: "the command", problem });
    }
    // `$session = …` of PowerShell begins with what a prompt also looks like.
    let whole = text.trim_start();
    let behind_prompt = if whole.starts_with("PS ") { start } else { whole };
    if let Some((draft, rest)) = powershell::read(behind_prompt)? {
        return Ok(Some(((Source::PowerShell, vec![draft]), rest)));
    }
    if let Some((drafts, rest)) = curl::read(without_prefix(start))? {
        return Ok(Some(((Source::Curl, drafts), rest)));
    }
    if let Some((draft, rest)) = fetch::read(start)? {
        return Ok(Some(((Source::Fetch, vec![draft]), rest)));
    }
    Ok(None)
}

/// What stands before a command: blanks, the signs of a prompt, the ends of other commands.
fn is_prompt(c: char) -> bool {
    c.is_whitespace() || matches!(c, ';' | '&' | '$' | '>' | '%')
}

/// Commands behind the sign that ends a prompt.
const PROMPTED: [&str; 7] = ["$ curl ", "# curl ", "% curl ", "> curl ", ">curl ", "> Invoke-", ">Invoke-"];

/// The text behind a prompt: `$`, `>`, and `me@host:~/src$`, `PS C:\\>` where `curl` follows on the same line.
fn without_prompt(text: &str) -> &str {
    let start = text.trim_start_matches(is_prompt);
    let line = start.lines().next().unwrap_or_default();
    let line = &line[..line.floor_char_boundary(200)];
    let behind = PROMPTED.iter().filter_map(|sign| Some(line.find(sign)? + 1)).min();
    match behind {
        Some(at) if !line[..at].contains(['\'', '"']) && !line[..at].contains("curl ") => start[at..].trim_start(),
        _ => start,
    }
}

/// The command behind `sudo`, `time` and variables that are set for it.
fn without_prefix(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..10 {
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        let sets = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        match word {
            "sudo" | "time" => {}
            word if word.split_once('=').is_some_and(|(name, _)| sets(name)) => {}
            _ => return rest,
        }
        rest = rest[word.len()..].trim_start();
    }
    rest
}

/// The text without the fences or the backticks that Markdown puts around code; nothing where it does not begin with one.
fn unfenced(text: &str) -> Option<String> {
    let inline = text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).filter(|inner| !inner.contains('`'));
    if let Some(inner) = inline.filter(|inner| !inner.trim().is_empty() && text.len() <= MAX_TEXT) {
        return Some(inner.to_owned());
    }
    let is_fence = |line: &&str| line.trim_start().starts_with("```");
    (text.len() <= MAX_TEXT && text.starts_with("```") && text.contains('\n'))
        .then(|| text.lines().filter(|line| !is_fence(line)).collect::<Vec<_>>().join("\n"))
}

/// The text of a quotation, every line of which begins with `>`; nothing where any does not.
fn unquoted(text: &str) -> Option<String> {
    let lines: Option<Vec<&str>> =
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| line.trim_start().strip_prefix('>')).collect();
    lines.map(|lines| lines.join("\n")).filter(|inner| !inner.trim().is_empty())
}

/// A command whose quotes a word processor has curled, or any text whose quotes a page has written as entities, with plain ones;
/// nothing where any is plain.
fn straightened(text: &str) -> Option<String> {
    let bent = ['‘', '’', '“', '”'];
    let is_command = text.starts_with("curl") || text.starts_with("fetch(") || text.starts_with("await fetch(");
    let has_entities = text.contains("&#39;") || text.contains("&quot;") || text.contains("&#x27;");
    if text.contains(['\'', '"']) || !(has_entities || (is_command && text.contains(bent))) {
        return None;
    }
    let plain = text.replace(['‘', '’'], "'").replace(['“', '”'], "\"");
    Some(
        plain
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&quot;", "\"")
            .replace("&gt;", ">")
            .replace("&lt;", "<")
            .replace("&amp;", "&"),
    )
}

/// Whether the text is JSON; a line of Safari's console begins with `[Error]`.
fn is_json(text: &str) -> bool {
    text.starts_with('{') || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"', ']']))
}

/// The text as one URL, also in quotes or angle brackets.
fn lone_url(text: &str) -> Option<Url> {
    let text = text.trim_matches(|c| matches!(c, '"' | '\'' | '<' | '>' | '`'));
    if text.chars().any(char::is_whitespace) {
        return None;
    }
    // Copied from the source of a page.
    if text.contains("&amp;") { text::url(&text.replace("&amp;", "&")) } else { text::url(text) }
}

/// Nothing is known of the text, but perhaps that it is an answer alone, or a URL without its beginning.
fn unknown(text: &str) -> IntakeError {
    if text.starts_with("HTTP/") {
        let problem = "it does not say what was asked for; paste the request's head as well, or give the URL and --origin".into();
        return IntakeError::Broken { what: "the head of an answer", problem };
    }
    let place = text.split('/').next().unwrap_or_default();
    if text.contains(char::is_whitespace) || !place.contains('.') || text::loose_url(text).is_none() {
        return IntakeError::Unknown(beginning(text));
    }
    let problem = format!("{:?} has no scheme; write it whole, https://{}", beginning(text), beginning(text));
    IntakeError::Broken { what: "the URL", problem }
}

fn beginning(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", redact::text(&short))
}

#[cfg(test)]
mod tests;
