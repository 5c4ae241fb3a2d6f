//! What an answer says in its own words: the one sentence worth quoting from a body.

use crate::aws::s3::error_body::ErrorBody;
use crate::cause::answer;
use crate::cause::quote;
use crate::evidence::Response;

/// Code and message of an XML error, the message of a JSON one, the title of a page, or the beginning of a text.
pub(super) fn of(response: &Response) -> Option<String> {
    let body = response.body.trim();
    if body.is_empty() {
        return None;
    }
    if let Some(error) = ErrorBody::parse(body) {
        return Some(quote(&format!("{}: {}", error.code, error.message), 200));
    }
    if let Some(message) = answer::message(body) {
        return message.text.map(|text| quote(&text, 200));
    }
    if is_page(response) {
        // Express calls its page "Error", and says more below.
        return title(body).filter(|title| title != "Error").or_else(|| element(body, "pre"));
    }
    (!body.starts_with('<')).then(|| quote(body, 160))
}

/// Whether the answer is a page for people.
pub(super) fn is_page(response: &Response) -> bool {
    let html = response.header("content-type").is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
    let start: String = response.body.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || (html && start.starts_with('<'))
}

/// The title of a page.
pub(super) fn title(body: &str) -> Option<String> {
    element(body, "title")
}

/// The text at the beginning of the first element of this name.
fn element(body: &str, name: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let start = lower.find(&format!("<{name}"))?;
    let open = start + lower.get(start..)?.find('>')? + 1;
    let end = open + lower.get(open..)?.find('<')?;
    let text = body.get(open..end)?.trim();
    (!text.is_empty()).then(|| quote(text, 120))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, body: &str) -> Option<String> {
        of(&Response { status: 400, headers: vec![("Content-Type".into(), kind.into())], body: body.into(), ..Response::default() })
    }

    #[test]
    fn quotes_the_telling_part() {
        for (kind, body, wanted) in [
            ("application/xml", "<Error><Code>Nope</Code><Message>No.</Message></Error>", Some("Nope: No.")),
            ("application/json", "{\"message\":\"Forbidden\"}", Some("Forbidden")),
            ("text/html", "<!DOCTYPE html><TITLE>MinIO Console</TITLE>", Some("MinIO Console")),
            ("text/html", "<h1>Server Error (500)</h1>", None),
            ("text/html", "<title>Error</title><pre>Error: Not allowed by CORS<br> &nbsp;at a</pre>", Some("Error: Not allowed by CORS")),
            ("text/html", "<title>Error</title><pre>", None),
            ("text/plain", " Unknown host\n", Some("Unknown host")),
            ("text/html", "<title>ü", None),
            ("text/html", "", None),
        ] {
            assert_eq!(said(kind, body).as_deref(), wanted, "{body}");
        }
    }
}
