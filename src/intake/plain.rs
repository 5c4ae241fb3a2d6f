//! Requests written out: one a line (`PUT https://… from https://app… with content-type`, or a URL alone), and the head of an HTTP
//! request as "Copy request headers" gives it. Never looks into a body.

use url::Url;

use super::page::{Draft, names_in};
use super::{IntakeError, MAX_ITEMS, text};
use crate::ask::Credentials;
use crate::web::method;

/// The most header lines of a head.
const MAX_LINES: usize = 200;

/// The requests of a text in which every line is one; nothing when any is something else.
pub(super) fn lines(text: &str) -> Option<Vec<Draft>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.take(MAX_ITEMS).map(line).collect::<Option<Vec<_>>>().filter(|drafts| !drafts.is_empty())
}

/// `[METHOD] URL [from ORIGIN] [with NAMES] [and credentials]`, as whycors itself says what it understood.
fn line(line: &str) -> Option<Draft> {
    let line = line.trim_end_matches('.').strip_suffix(", preflighted").unwrap_or(line);
    let (line, credentials) = match line.strip_suffix(" and credentials").or_else(|| line.strip_suffix(" with credentials")) {
        Some(rest) => (rest, Some(Credentials::Include)),
        None => (line, None),
    };
    let (line, names) = line.split_once(" with ").unwrap_or((line, ""));
    let (line, origin) = line.split_once(" from ").map_or((line, None), |(line, origin)| (line, Some(origin.trim())));
    let (verb, url) = line.trim().split_once(' ').map_or((None, line.trim()), |(verb, url)| (Some(verb), url.trim()));
    if verb.is_some_and(|verb| !is_method(verb)) || url.contains(char::is_whitespace) || origin.is_some_and(|o| o.contains(' ')) {
        return None;
    }
    let mut draft = Draft::get(text::url(url.trim_matches(|c| matches!(c, '"' | '\'' | '<' | '>' | '`')))?);
    draft.method = verb.map(str::to_owned);
    draft.named_origin = origin.map(str::to_owned);
    draft.names = names_in(names).map(str::to_owned).collect();
    draft.credentials = credentials;
    Some(draft)
}

/// Whether a word is written as methods are.
pub(super) fn is_method(verb: &str) -> bool {
    verb.len() <= 20 && method::is_valid(verb) && verb.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
}

/// The head of a request: `PUT /x HTTP/1.1` and its header lines, or the lines of HTTP/2 with `:authority` among them.
pub(super) fn head(text: &str) -> Result<Option<Draft>, IntakeError> {
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.clone().next().unwrap_or_default();
    let mut start = first.split(' ');
    let start_line = match (start.next(), start.next(), start.next(), start.next()) {
        (Some(verb), Some(target), Some(version), None) if version.starts_with("HTTP/") && is_method(verb) => Some((verb, target)),
        _ if first.starts_with(':') => None,
        _ => return Ok(None),
    };
    if start_line.is_some() {
        lines.next();
    }
    let headers: Vec<(String, String)> = lines.take_while(|line| !line.is_empty()).filter_map(header).take(MAX_LINES).collect();
    let find = |name: &str| headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    let broken = |problem: &str| IntakeError::Broken { what: "the head of a request", problem: problem.to_owned() };
    let target = start_line.map(|(_, target)| target).or_else(|| find(":path")).unwrap_or("/");
    let url = match (text::url(target), find(":authority").or_else(|| find("host"))) {
        (Some(url), _) => url,
        (None, Some(host)) => located(host, target, find(":scheme")).ok_or_else(|| broken("its Host is no host"))?,
        (None, None) => return Err(broken("it has no Host line; copy all of it, or copy the request as cURL")),
    };
    let mut draft = Draft::get(url);
    draft.method = start_line.map(|(verb, _)| verb).or_else(|| find(":method")).map(str::to_owned);
    draft.headers = headers.into_iter().filter(|(name, _)| !name.starts_with(':')).collect();
    Ok(Some(draft))
}

/// The head that `curl -v` shows, each line behind `>`, without the answer's lines.
pub(super) fn verbose(text: &str) -> Option<String> {
    let sent = text.lines().filter_map(|line| line.trim_start().strip_prefix('>')).map(str::trim).take(MAX_LINES);
    let lines: Vec<&str> = sent.collect();
    let start = lines.iter().position(|line| line.contains(" HTTP/") && line.split(' ').next().is_some_and(is_method))?;
    Some(lines[start..].join("\n"))
}

/// `Name: value`; a name of HTTP/2 begins with a colon.
fn header(line: &str) -> Option<(String, String)> {
    let colon = line.get(1..)?.find(':')? + 1;
    Some((line[..colon].trim().to_owned(), line[colon + 1..].trim().to_owned()))
}

/// A head does not say whether it went over TLS: loopback rarely does, everything else does.
fn located(host: &str, target: &str, scheme: Option<&str>) -> Option<Url> {
    let name = host.split(':').next().unwrap_or_default();
    let scheme = scheme.unwrap_or(if name == "localhost" || name.starts_with("127.") { "http" } else { "https" });
    text::url(&format!("{scheme}://{host}{}", if target.starts_with('/') { target } else { "/" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_to_be_a_request() {
        let found =
            lines("https://a.example/x\n\n# more\nPUT https://b.example/y from https://app.example with x-a, x-b and credentials\n")
                .unwrap();
        assert_eq!((found.len(), found[0].method.as_deref(), found[1].method.as_deref()), (2, None, Some("PUT")));
        assert_eq!((found[1].names.as_slice(), found[1].credentials), (&["x-a".to_owned(), "x-b".into()][..], Some(Credentials::Include)));
        for text in ["", "https://a.example\nsee https://b.example", "GET https://a.example/x 403 (Forbidden)", "see https://a.example"] {
            assert!(lines(text).is_none(), "{text}");
        }
    }

    #[test]
    fn heads_of_requests() {
        let url = |text: &str| head(text).unwrap().map(|draft| format!("{} {}", draft.method.unwrap_or_default(), draft.url));
        for (text, wanted) in [
            ("PUT /x?y HTTP/1.1\r\nHost: a.example\r\n\r\nbody: no", "PUT https://a.example/x?y"),
            ("GET / HTTP/1.1\nHost: localhost:3000", "GET http://localhost:3000/"),
            (":authority: a.example\n:method: PATCH\n:path: /x\n:scheme: https\norigin: https://b.example", "PATCH https://a.example/x"),
        ] {
            assert_eq!(url(text).as_deref(), Some(wanted));
        }
        assert!(url("GET the thing").is_none());
        assert!(head("GET / HTTP/1.1\nOrigin: https://b.example").unwrap_err().to_string().contains("Host"));
    }
}
