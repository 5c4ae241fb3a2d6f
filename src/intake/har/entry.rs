//! One entry of the file: only what matters of a script's request is kept, each part of it within a bound.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::super::form::multipart;
use super::exchange::Exchange;

/// How much of a response's body is kept.
pub(super) const MAX_BODY: usize = 64 << 10;
/// The most header lines of a message.
pub(super) const MAX_HEADERS: usize = 200;
/// How much of a header's value is kept.
pub(super) const MAX_VALUE: usize = 16 << 10;
/// How much of a name, a time or a word is kept.
const MAX_WORD: usize = 1 << 10;

#[derive(Deserialize)]
pub(super) struct RawEntry {
    #[serde(rename = "startedDateTime", default)]
    started: String,
    #[serde(default)]
    time: Option<f64>,
    request: RawRequest,
    response: RawResponse,
    #[serde(rename = "_resourceType", default)]
    kind: Option<String>,
    #[serde(rename = "serverIPAddress", default)]
    address: Option<String>,
    #[serde(default)]
    pageref: Option<String>,
}

#[derive(Deserialize)]
struct RawRequest {
    method: String,
    url: String,
    #[serde(default)]
    headers: Lines,
    #[serde(default)]
    cookies: Vec<IgnoredAny>,
    #[serde(rename = "bodySize", default)]
    body_size: Option<f64>,
    #[serde(rename = "postData", default)]
    posted: Option<RawPosted>,
}

/// A body that was sent: browsers give its text, its fields, or both.
#[derive(Deserialize)]
struct RawPosted {
    #[serde(rename = "mimeType", default)]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    params: Fields,
}

impl RawPosted {
    /// The fields of a multipart form.
    fn fields(self) -> Vec<(String, String)> {
        if !self.kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Vec::new();
        }
        let mut fields = self.params.0;
        if fields.is_empty() {
            fields = self.text.map(|text| multipart(&text)).unwrap_or_default();
        }
        for (name, value) in &mut fields {
            cut(name, MAX_WORD);
            cut(value, MAX_VALUE);
        }
        fields
    }
}

/// Fields of a form, named and with the values that are known.
#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Vec::new();
        each(deserializer, "the fields of a form", |field: RawField| {
            let mut value = field.value.unwrap_or_default();
            cut(&mut value, MAX_VALUE);
            fields.push((short(field.name), value));
            fields.len() < MAX_HEADERS
        })?;
        Ok(Self(fields))
    }
}

#[derive(Deserialize)]
struct RawField {
    name: String,
    #[serde(default)]
    value: Option<String>,
}

#[derive(Deserialize)]
struct RawResponse {
    #[serde(default)]
    status: Option<f64>,
    #[serde(rename = "httpVersion", default)]
    http_version: Option<String>,
    #[serde(default)]
    headers: Lines,
    #[serde(default)]
    content: Option<RawContent>,
    #[serde(rename = "_error", default)]
    error: Option<String>,
}

#[derive(Deserialize)]
struct RawContent {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct RawHeader {
    name: String,
    #[serde(default)]
    value: String,
}

impl RawEntry {
    /// The part that is kept; nothing for what is no request of a script over http.
    pub(super) fn exchange(self) -> Option<(Exchange, Option<String>)> {
        let url = super::super::text::url(&self.request.url)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let mut body = self.response.content.filter(|c| c.encoding.is_none()).and_then(|c| c.text).unwrap_or_default();
        let body_truncated = body.len() > MAX_BODY;
        cut(&mut body, MAX_BODY);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        let (status, body_bytes) = (self.response.status.unwrap_or(0.0) as u16, self.request.body_size.map(|size| size as u64));
        let exchange = Exchange {
            started: short(self.started),
            time: self.time,
            method: short(self.request.method),
            headers: self.request.headers.0,
            cookies: !self.request.cookies.is_empty(),
            body_bytes,
            form: self.request.posted.map(RawPosted::fields).unwrap_or_default(),
            kind: short(self.kind.unwrap_or_default()),
            status,
            http_version: self.response.http_version.and_then(|version| http_version(&short(version))),
            response_headers: self.response.headers.0,
            body_truncated,
            body,
            error: self.response.error.filter(|error| !error.is_empty()).map(short),
            address: self.address.filter(|address| !address.is_empty()).map(|address| match short(address).trim_matches(['[', ']']) {
                v6 if v6.contains(':') => format!("[{v6}]:{port}"),
                v4 => format!("{v4}:{port}"),
            }),
            url,
            page: None,
        };
        (exchange.is_script() || exchange.is_preflight()).then_some((exchange, self.pageref.map(short)))
    }
}

/// A text that is a name, a time or a word.
fn short(mut text: String) -> String {
    cut(&mut text, MAX_WORD);
    text
}

/// Shortens a text and gives back the room.
pub(super) fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.shrink_to_fit();
    }
}

/// Header lines; the browser joins the lines of a repeated header with a line break.
#[derive(Default)]
struct Lines(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut lines = Vec::new();
        each(deserializer, "header lines", |mut header: RawHeader| {
            if !header.name.starts_with(':') {
                cut(&mut header.name, MAX_VALUE);
                cut(&mut header.value, MAX_VALUE);
                lines.extend(header.value.split('\n').map(|value| (header.name.clone(), value.trim().to_owned())));
            }
            lines.len() < MAX_HEADERS
        })?;
        lines.truncate(MAX_HEADERS);
        Ok(Self(lines))
    }
}

/// Takes the items of a list one by one; what comes after the one at which `take` says stop is passed over, and counted.
pub(super) fn each<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    what: &'static str,
    take: impl FnMut(T) -> bool,
) -> Result<usize, D::Error> {
    struct Items<T, F>(&'static str, F, std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>, F: FnMut(T) -> bool> Visitor<'de> for Items<T, F> {
        type Value = usize;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<usize, A::Error> {
            let mut passed_over = 0;
            while let Some(item) = seq.next_element::<T>()? {
                if !(self.1)(item) {
                    while seq.next_element::<IgnoredAny>()?.is_some() {
                        passed_over += 1;
                    }
                    break;
                }
            }
            Ok(passed_over)
        }
    }
    deserializer.deserialize_seq(Items(what, take, std::marker::PhantomData))
}

fn http_version(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "" | "unknown" => None,
        "h2" | "http/2" | "http/2.0" => Some("HTTP/2".into()),
        "h3" | "http/3" | "http/3.0" => Some("HTTP/3".into()),
        other => Some(other.to_ascii_uppercase()),
    }
}
