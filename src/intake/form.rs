//! Forms for a browser upload: what a signer hands to a page (`{"url": …, "fields": {…}}`), the configuration in an error of axios,
//! which looks alike, and the multipart body of a copied request. Reads names and values of fields; never the file.

use serde_json::{Map, Value};
use url::Url;

use super::page::Draft;
use super::script::{self, Reader};
use super::{Hints, Intake, IntakeError, Source, text};
use crate::ask::Credentials;

/// The most fields of a form.
const MAX_FIELDS: usize = 200;

/// A signer's answer: a URL and the fields to post there, or the method and headers to send there, at the top or one level down.
/// Nothing when the text is something else.
pub(super) fn read(text: &str, hints: &Hints) -> Option<Result<Intake, IntakeError>> {
    let document = document(text)?;
    let members = document.as_object()?;
    let handed = Handed::of(members).or_else(|| members.values().filter_map(Value::as_object).find_map(Handed::of))?;
    let broken = |problem: String| IntakeError::Broken { what: "the presigned form", problem };
    let Some(url) = handed.url() else {
        return Some(Err(broken(format!("{:?} is not an absolute http or https URL", crate::evidence::redact::text(handed.url)))));
    };
    let mut draft = Draft::get(url);
    draft.form = texts(handed.fields);
    let method = handed.method.filter(|_| draft.form.is_empty()).unwrap_or("POST");
    draft.method = Some(method.to_ascii_uppercase());
    draft.headers = texts(handed.headers);
    draft.credentials = handed.with_credentials.then_some(Credentials::Include);
    Some(draft.intake(Source::Form, hints))
}

/// JSON, or what Python and JavaScript print of the same.
fn document(text: &str) -> Option<Value> {
    if let Ok(document) = serde_json::from_str(text) {
        return Some(document);
    }
    let printed = text.starts_with('{') && text.contains("url") && text.contains("fields");
    printed.then(|| Reader::new(text).value())?.map(json)
}

fn json(printed: script::Value) -> Value {
    match printed {
        script::Value::Text(text) | script::Value::Other(text) => Value::String(text),
        script::Value::List(items) => items.into_iter().map(json).collect(),
        script::Value::Object(members) => Value::Object(members.into_iter().map(|(name, value)| (name, json(value))).collect()),
    }
}

/// What a signer says of the request to make.
struct Handed<'a> {
    url: &'a str,
    method: Option<&'a str>,
    fields: Option<&'a Map<String, Value>>,
    headers: Option<&'a Map<String, Value>>,
    /// What axios puts in front of the URL.
    base: Option<&'a str>,
    with_credentials: bool,
}

impl<'a> Handed<'a> {
    fn of(members: &'a Map<String, Value>) -> Option<Self> {
        let (text, object) = (|name: &str| members.get(name)?.as_str(), |name: &str| members.get(name)?.as_object());
        let handed = Self {
            url: text("url")?,
            method: text("method"),
            fields: object("fields"),
            headers: object("headers"),
            base: text("baseURL"),
            with_credentials: members.get("withCredentials") == Some(&Value::Bool(true)),
        };
        (handed.fields.is_some() || (handed.method.is_some() && handed.headers.is_some())).then_some(handed)
    }

    /// Where to; axios joins the two parts with one slash.
    fn url(&self) -> Option<Url> {
        let joined = || text::url(&format!("{}/{}", self.base?.trim_end_matches('/'), self.url.trim_start_matches('/')));
        text::url(self.url).or_else(joined)
    }
}

/// Names and values; a value that is no string stands for its text.
fn texts(members: Option<&Map<String, Value>>) -> Vec<(String, String)> {
    let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.into_iter().flatten().take(MAX_FIELDS).map(|(name, text)| (name.clone(), value(text))).collect()
}

/// The fields of a multipart body; nothing when it is none. The boundary is its first line.
pub(super) fn multipart(body: &str) -> Vec<(String, String)> {
    let Some(boundary) = body.lines().next().map(str::trim_end).filter(|line| line.len() > 2 && line.starts_with("--")) else {
        return Vec::new();
    };
    body.split(boundary).skip(1).filter_map(part).take(MAX_FIELDS).collect()
}

/// One part: its name, and its value unless it is a file.
fn part(text: &str) -> Option<(String, String)> {
    let text = text.trim_start_matches(['\r', '\n']);
    let (head, value) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))?;
    let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let name = parameter(disposition, " name=")?;
    let is_file = parameter(disposition, "filename=").is_some();
    let value = value.strip_suffix('\n').unwrap_or(value);
    let value = value.strip_suffix('\r').unwrap_or(value);
    Some((name.to_owned(), if is_file { String::new() } else { value.to_owned() }))
}

fn parameter<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(name)?.1.strip_prefix('"')?.split('"').next()
}

/// A field as curl's `-F` writes it: `name=value`, `name=@file`, `name=value;type=…`. A value that stands in a file is not known.
pub(super) fn curl_field(text: &str, literal: bool) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let value = match value {
        value if literal => value,
        value if value.starts_with(['@', '<']) => "",
        value => value.split_once(";type=").map_or(value, |(value, _)| value),
    };
    let quoted = (!literal).then(|| value.strip_prefix('"')?.strip_suffix('"')).flatten();
    Some((name.to_owned(), quoted.unwrap_or(value).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_body() {
        let body = "------X\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na b\r\n------X\r\nContent-Disposition: form-data; \
                    name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n------X--\r\n";
        let wanted = [("key".to_owned(), "a b".to_owned()), ("file".into(), String::new())];
        assert_eq!(multipart(body), wanted);
        assert_eq!(multipart(&body.replace("\r\n", "\n")), wanted);
        for body in ["", "--", "{}", "a=b", "--X\nnonsense"] {
            assert_eq!(multipart(body), [], "{body}");
        }
    }

    #[test]
    fn fields_of_curl() {
        for (text, literal, wanted) in [
            ("key=a=b", false, Some(("key", "a=b"))),
            ("file=@a.png;type=image/png", false, Some(("file", ""))),
            ("x=1;type=text/plain", false, Some(("x", "1"))),
            ("x=\"1\"", false, Some(("x", "1"))),
            ("x=@1;type=a", true, Some(("x", "@1;type=a"))),
            ("nonsense", false, None),
        ] {
            let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(curl_field(text, literal), wanted, "{text}");
        }
    }
}
