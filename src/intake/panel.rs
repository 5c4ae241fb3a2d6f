//! The Headers tab of a network panel, copied as text: `Request URL`, `Request Method`, then the headers. Never looks at the response's.

use super::page::Draft;
use super::text;

/// The most lines that are looked at.
const MAX_LINES: usize = 400;

/// What the tab says of the exchange, each with a value.
const GENERAL: [&str; 5] = ["Request URL", "Request Method", "Status Code", "Remote Address", "Referrer Policy"];
/// Headings and the names of other tabs.
const HEADINGS: [&str; 10] =
    ["General", "Raw", "Headers", "Payload", "Preview", "Response", "Initiator", "Timing", "Cookies", "Request Headers"];

/// The request of such a text; nothing when it has no `Request URL`.
pub(super) fn read(text: &str) -> Option<Draft> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_LINES).collect();
    let value = |name: &str| lines.iter().enumerate().find_map(|(at, line)| value_of(line, name, lines.get(at + 1)));
    let of_safari = || lines.first().filter(|line| **line == "Summary").and_then(|_| value("URL"));
    let mut draft = Draft::get(text::url(value("Request URL").or_else(of_safari)?)?);
    let start = || lines.iter().find(|line| line.contains(" HTTP/"))?.split(' ').next();
    draft.method = value("Request Method").or_else(start).filter(|method| super::plain::is_method(method)).map(str::to_owned);
    // Where the tab has headings, the response's lines come first in some and are not the page's.
    let heading = |name: &str| lines.iter().rposition(|line| line.trim_end_matches(':').eq_ignore_ascii_case(name));
    let from = heading("request headers").or_else(|| heading("request")).map_or(0, |at| at + 1);
    let to = [heading("response headers"), heading("response")].into_iter().flatten().filter(|at| *at >= from).min();
    let to = to.unwrap_or(lines.len());
    draft.headers = headers(&lines[from..to]);
    Some(draft)
}

/// `Name: value` on a line, or the name alone and the value on the next.
fn value_of<'a>(line: &'a str, name: &str, next: Option<&&'a str>) -> Option<&'a str> {
    let rest = line.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).map(|_| line[name.len()..].trim())?;
    match rest.strip_prefix(':').map_or(rest, str::trim) {
        "" => next.copied(),
        value if rest.starts_with(':') => Some(value),
        _ => None,
    }
}

/// The header lines in either form. What the tab says of the exchange is no header.
fn headers(lines: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = lines.iter();
    while let Some(line) = lines.next() {
        if GENERAL.contains(line) {
            lines.next();
        }
        if GENERAL.contains(line) || HEADINGS.contains(line) {
            continue;
        }
        let name_end = line.get(1..).and_then(|rest| rest.find(':')).map_or(line.len(), |at| at + 1);
        let name = &line[..name_end];
        if !crate::web::header::is_token(name.trim_start_matches(':')) {
            continue;
        }
        let value = line[name_end..].trim_start_matches(':').trim();
        let value = if value.is_empty() { lines.next().copied().unwrap_or_default() } else { value };
        if !name.starts_with(':') {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_tab() {
        let old = "General\nRequest URL: https://a.example/x\nRequest Method: PUT\nStatus Code: 403 Forbidden\nRemote Address: [::1]:443\n\
            Response Headers\nserver: nginx\nRequest Headers\n:authority: a.example\norigin: https://b.example\nx-a: 1";
        let new =
            "General\nRequest URL\nhttps://a.example/x\nRequest Method\nPUT\nStatus Code\n403 Forbidden\norigin\nhttps://b.example\nx-a\n1";
        let of_safari = "Summary\nURL: https://a.example/x\nStatus: 403\nSource: Network\n\nRequest\nPUT /x HTTP/1.1\norigin: https://b.example\n\
            x-a: 1\n\nResponse\nHTTP/1.1 403\nServer: nginx";
        for text in [old, new, of_safari] {
            let draft = read(text).unwrap();
            assert_eq!((draft.url.as_str(), draft.method.as_deref()), ("https://a.example/x", Some("PUT")), "{text}");
            let headers: Vec<_> = draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(headers, [("origin", "https://b.example"), ("x-a", "1")], "{text}");
        }
        for text in
            ["Request URLs are long", "Request URL", "Request URL: none", "GET / HTTP/1.1\nHost: a.example", "URL: https://a.example/x"]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
