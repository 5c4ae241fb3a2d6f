//! A call of `fetch`: "Copy as fetch", "Copy as fetch (Node.js)", or one from a page's source.

use super::page::Draft;
use super::script::{Reader, Value};
use super::{IntakeError, text};
use crate::ask::{Credentials, Redirect};

/// A call at the beginning of the text, and what follows it.
pub(super) fn read(text: &str) -> Result<Option<(Draft, &str)>, IntakeError> {
    let Some(arguments) = call(text) else { return Ok(None) };
    let broken = |problem: String| IntakeError::Broken { what: "the fetch call", problem };
    // `fetch(new Request("https://…", {…}))` has what counts one bracket deeper.
    let request = arguments.trim_start().strip_prefix("new Request").and_then(|rest| rest.trim_start().strip_prefix('('));
    let mut reader = Reader::new(request.unwrap_or(arguments));
    let target = reader.value();
    let Some(Value::Text(target)) = target else {
        return Err(broken("its URL is not written out; expected fetch(\"https://…\", {…})".into()));
    };
    let url = text::url(target.trim())
        .ok_or_else(|| broken(format!("{:?} is not an absolute http or https URL", crate::evidence::redact::text(&target))))?;
    let mut draft = Draft::get(url);
    if reader.eat(',')
        && let Some(options) = reader.value()
    {
        fill(&mut draft, &options);
    }
    reader.eat(',');
    if request.is_some() && reader.eat(')') {
        reader.eat(',');
    }
    if !reader.eat(')') {
        return Err(broken("it has no end; copy the whole call".into()));
    }
    // What follows on the same line (`.then(…)`, `;`) belongs to the call.
    let rest = reader.rest();
    let end = rest.find('\n').unwrap_or(rest.len());
    let end = rest[..end].find("fetch(").unwrap_or(end);
    Ok(Some((draft, &rest[end..])))
}

/// What stands behind `fetch(`.
fn call(text: &str) -> Option<&str> {
    let mut text = text;
    // `const response = await fetch(`: at most a few words before it, on the same line.
    for _ in 0..6 {
        if let Some(rest) = text.strip_prefix("window.").or(Some(text)).and_then(|t| t.strip_prefix("fetch"))
            && let Some(arguments) = rest.trim_start().strip_prefix('(')
        {
            return Some(arguments);
        }
        let line = &text[..text.find('\n').unwrap_or(text.len())];
        let word = &line[..line.find([' ', '\t'])?];
        let rest = &text[word.len() + 1..];
        let keyword = matches!(word, "await" | "return" | "const" | "let" | "var" | "=");
        let assigned = rest.trim_start().starts_with('=') && word.chars().all(char::is_alphanumeric);
        if !keyword && !assigned {
            return None;
        }
        text = rest.trim_start();
    }
    None
}

fn fill(draft: &mut Draft, options: &Value) {
    let text = |name: &str| options.get(name).and_then(Value::text);
    draft.method = text("method").map(|m| m.trim().to_owned());
    draft.referrer = text("referrer").map(str::to_owned);
    draft.credentials = match text("credentials") {
        Some("include") => Some(Credentials::Include),
        Some("omit") => Some(Credentials::Omit),
        Some("same-origin") => Some(Credentials::SameOrigin),
        _ => None,
    };
    draft.redirect = match text("redirect") {
        Some("error") => Redirect::Error,
        Some("manual") => Redirect::Manual,
        _ => Redirect::Follow,
    };
    match options.get("headers") {
        Some(Value::Object(members)) => members.iter().for_each(|(name, value)| header(draft, name, value)),
        Some(Value::List(pairs)) => {
            for pair in pairs {
                if let Value::List(pair) = pair
                    && let [Value::Text(name), value] = pair.as_slice()
                {
                    header(draft, name, value);
                }
            }
        }
        _ => {}
    }
    if let Some(body) = text("body") {
        draft.body_bytes = u64::try_from(body.len()).ok();
        draft.body(body);
        if draft.method.is_none() {
            draft.method = Some("POST".into());
        }
    }
    // Node's form has the cookie among the headers.
    if draft.credentials.is_none() && draft.header("cookie").is_some() {
        draft.credentials = Some(Credentials::Include);
    }
}

fn header(draft: &mut Draft, name: &str, value: &Value) {
    match value {
        Value::Text(text) => draft.headers.push((name.to_owned(), text.clone())),
        Value::Other(word) if word == "undefined" || word == "null" => {}
        _ => draft.names.push(name.to_owned()),
    }
}
