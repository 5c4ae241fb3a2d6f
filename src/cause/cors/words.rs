//! What an answer says: the one sentence worth quoting from a body, and what its status asks to look at.

use crate::aws::s3::error_body::ErrorBody;
use crate::cause::{answer, origin_error, quote};
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

/// Words of the guards of Django, Rails, Laravel and others.
const FORGERY_GUARD: [&str; 4] = ["CSRF", "csrf", "InvalidAuthenticityToken", "Origin checking failed"];

/// What a status asks its reader to look at.
pub(super) fn meaning(response: &Response) -> &'static str {
    if let Some(meaning) = origin_error::meaning(response) {
        return meaning;
    }
    let guarded = || FORGERY_GUARD.iter().any(|words| response.body.contains(words));
    match response.status {
        400 | 403 | 419 | 422 if response.status == 419 || guarded() => {
            "The server's guard against forged requests (CSRF) refuses it: it wants its token, or the page's origin among those it trusts."
        }
        400 | 422 => "The server did not like the request itself: its parameters, its body or its content type.",
        401 => "The credentials are missing, wrong or expired.",
        403 => "The credentials are not enough for this, or a firewall refuses it.",
        404 | 410 => "There is nothing at this path, or the route does not take this method.",
        405 => "The path does not take this method.",
        408 | 504 => "The work took longer than something in front of it waits.",
        409 | 412 => "It does not fit the state that the server has.",
        415 => "The server does not take this content type.",
        429 => "A rate limit is reached.",
        502 | 503 => "The proxy has no working backend just now.",
        500..=599 => "The server failed; its log says why.",
        _ => "The status says what the server did not like.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, body: &str) -> Option<String> {
        of(&Response { status: 400, headers: vec![("Content-Type".into(), kind.into())], body: body.into(), ..Response::default() })
    }

    #[test]
    fn a_guard_against_forged_requests_is_no_lack_of_credentials() {
        let refused = |status, body: &str| meaning(&Response { status, body: body.into(), ..Response::default() });
        for (status, body) in
            [(403, "<p>CSRF verification failed. Request aborted.</p>"), (419, ""), (422, "ActionController::InvalidAuthenticityToken")]
        {
            assert!(refused(status, body).contains("CSRF"), "{status} {body}");
        }
        assert!(refused(403, "Forbidden").contains("credentials") && !refused(500, "csrf").contains("CSRF"));
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
