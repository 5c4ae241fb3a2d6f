//! The file format: read entry by entry as it streams in; only what matters of a script's requests is kept, and of all of
//! them together no more than a bound.

use std::fmt;
use std::io::{BufReader, Read};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::super::IntakeError;
use super::super::form::multipart;
use super::cut::Cut;

/// The most entries that are kept.
const MAX_ENTRIES: usize = 20_000;
/// How much of a response's body is kept.
const MAX_BODY: usize = 64 << 10;
/// The most header lines of a message.
const MAX_HEADERS: usize = 200;
/// How much of a header's value is kept.
const MAX_VALUE: usize = 16 << 10;
/// How much of a name, a time or a word is kept.
const MAX_WORD: usize = 1 << 10;
/// The most pages that are kept.
const MAX_PAGES: usize = 1000;
/// Bytes that all entries together may keep: first the bodies are left out, then entries.
const MAX_KEPT: usize = 64 << 20;
/// Both bounds in words.
pub(super) const BOUND: &str = "20,000 of them and 64 MiB";

/// What is kept of a file.
#[derive(Debug)]
pub(super) struct Archived {
    pub(super) exchanges: Vec<Exchange>,
    /// Entries that there was no room for.
    pub(super) left_out: usize,
}

/// One exchange of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exchange {
    pub(super) started: String,
    pub(super) time: Option<f64>,
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) cookies: bool,
    pub(super) body_bytes: Option<u64>,
    /// The fields of the form that was posted.
    pub(super) form: Vec<(String, String)>,
    /// `fetch`, `xhr`, `preflight` … where the browser says so.
    pub(super) kind: String,
    /// 0: no answer that the browser was willing to show.
    pub(super) status: u16,
    pub(super) http_version: Option<String>,
    pub(super) response_headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) body_truncated: bool,
    /// `net::ERR_…`.
    pub(super) error: Option<String>,
    /// Address and port of the server.
    pub(super) address: Option<String>,
    /// URL of the page, where the file tells.
    pub(super) page: Option<Url>,
}

impl Exchange {
    /// A header line of the request.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The method that a preflight announces.
    pub(super) fn announced(&self) -> Option<&str> {
        self.header("access-control-request-method")
    }

    pub(super) fn is_preflight(&self) -> bool {
        self.method == "OPTIONS" && self.announced().is_some()
    }

    /// Whether it is a request for which CORS decides: of a script, or any with an `Origin`.
    pub(super) fn is_script(&self) -> bool {
        self.header("origin").is_some()
            || matches!(self.kind.as_str(), "fetch" | "xhr" | "preflight")
            || self.header("sec-fetch-mode") == Some("cors")
    }

    /// Whether the browser had no answer for the page. A page that does not read an answer to its end aborts it; that is no failure.
    pub(super) fn failed(&self) -> bool {
        self.status == 0 || self.error.as_ref().is_some_and(|error| error != "net::ERR_ABORTED")
    }

    /// Bytes that it holds, more or less.
    fn size(&self) -> usize {
        let lines = self.headers.iter().chain(&self.response_headers).chain(&self.form);
        400 + self.url.as_str().len() + self.body.len() + lines.map(|(name, value)| name.len() + value.len() + 48).sum::<usize>()
    }

    /// When it began, in UTC.
    pub(super) fn started_at(&self) -> Option<String> {
        use time::format_description::well_known::Rfc3339;
        let time = time::OffsetDateTime::parse(&self.started, &Rfc3339).ok()?;
        time.checked_to_offset(time::UtcOffset::UTC)?.format(&Rfc3339).ok()
    }
}

/// The exchanges of a file, in its order.
pub(super) fn read(input: impl Read) -> Result<Archived, IntakeError> {
    let broken = |problem: String| IntakeError::Broken { what: "the HAR file", problem };
    let stream = BufReader::with_capacity(1 << 16, Cut::new(input));
    match Document::deserialize(&mut serde_json::Deserializer::from_reader(stream)) {
        Ok(Document::Archive(log)) => Ok(log),
        Ok(Document::Report) => Err(broken("this is a report of whycors, not a HAR file; use whycors replay".into())),
        Ok(Document::Other) => Err(broken("the JSON has no log.entries; export it from the network panel (\"Save all as HAR\")".into())),
        Err(error) if error.is_io() => Err(broken(format!("it cannot be read: {error}"))),
        Err(error) => Err(broken(format!("{}; is it complete?", crate::evidence::redact::text(&error.to_string())))),
    }
}

#[derive(Deserialize)]
struct RawEntry {
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

#[derive(Deserialize)]
struct RawPage {
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: String,
}

impl RawEntry {
    /// The part that is kept; nothing for what is no request of a script over http.
    fn exchange(self) -> Option<(Exchange, Option<String>)> {
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
fn cut(text: &mut String, most: usize) {
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
fn each<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
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

/// What the JSON is.
enum Document {
    Archive(Archived),
    /// One of whycors's own outputs.
    Report,
    Other,
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HAR document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut found = Document::Other;
        while let Some(key) = map.next_key::<String>()? {
            if key == "log" {
                let log: Log = map.next_value()?;
                found = log.entries.map_or(Document::Other, |entries| Document::Archive(log.pages.place(entries)));
                continue;
            }
            if matches!(key.as_str(), "schema_version" | "probes") {
                found = Document::Report;
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Document::Other)
    }
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    pages: Pages,
    #[serde(default)]
    entries: Option<Entries>,
}

#[derive(Default)]
struct Pages(Vec<RawPage>);

impl<'de> Deserialize<'de> for Pages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut pages = Vec::new();
        each(deserializer, "the pages of a HAR document", |mut page: RawPage| {
            cut(&mut page.id, MAX_VALUE);
            cut(&mut page.title, MAX_VALUE);
            pages.push(page);
            pages.len() < MAX_PAGES
        })?;
        Ok(Self(pages))
    }
}

impl Pages {
    /// Chromium titles a page with its URL.
    fn place(&self, entries: Entries) -> Archived {
        let url = |id: &str| self.0.iter().find(|page| page.id == id).and_then(|page| super::super::text::url(&page.title));
        let exchanges = entries.kept.into_iter().map(|(exchange, page)| Exchange { page: page.as_deref().and_then(url), ..exchange });
        Archived { exchanges: exchanges.collect(), left_out: entries.left_out }
    }
}

/// The entries that are kept, each with the name of its page; and how many are not.
struct Entries {
    kept: Vec<(Exchange, Option<String>)>,
    left_out: usize,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut kept = Vec::new();
        let mut room = Room(MAX_KEPT);
        let mut overflow = 0;
        let passed_over = each(deserializer, "the entries of a HAR document", |entry: RawEntry| {
            let Some((mut exchange, page)) = entry.exchange() else { return true };
            let fits = room.take(&mut exchange);
            if fits {
                kept.push((exchange, page));
            } else {
                overflow += 1;
            }
            fits && kept.len() < MAX_ENTRIES
        })?;
        Ok(Self { kept, left_out: passed_over + overflow })
    }
}

/// What is left of the bytes that may be kept.
struct Room(usize);

impl Room {
    /// Whether an exchange may be kept; its body only while half of the room is free.
    fn take(&mut self, exchange: &mut Exchange) -> bool {
        if self.0 < MAX_KEPT / 2 && !exchange.body.is_empty() {
            exchange.body_truncated = true;
            exchange.body = String::new();
        }
        let left = self.0.checked_sub(exchange.size());
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: &str) -> String {
        format!(
            r#"{{"request": {{"method": "GET", "url": "https://api.example.com/x", "headers": [{{"name": "Origin", "value": "https://app.example.com"}}]}},
                "response": {{"status": 403, "content": {{"text": "{body}"}}}}}}"#
        )
    }

    #[test]
    fn what_is_kept_is_bounded_whatever_the_size() {
        let archive = format!(r#"{{"log": {{"entries": [{}]}}}}"#, vec![entry(&"x".repeat(1 << 20)); 2].join(","));
        let exchanges = read(archive.as_bytes()).unwrap().exchanges;
        assert!(exchanges.len() == 2 && exchanges.iter().all(|e| e.body.len() == MAX_BODY && e.body_truncated));
        let mut room = Room(MAX_KEPT);
        let mut kept: Vec<Exchange> = Vec::new();
        let mut next = exchanges[0].clone();
        while kept.len() < MAX_ENTRIES && room.take(&mut next) {
            kept.push(std::mem::replace(&mut next, exchanges[0].clone()));
        }
        assert_eq!(kept.len(), MAX_ENTRIES);
        assert!(kept.iter().map(Exchange::size).sum::<usize>() <= MAX_KEPT);
        assert!(kept[0].body.len() == MAX_BODY && kept[MAX_ENTRIES - 1].body.is_empty() && kept[MAX_ENTRIES - 1].body_truncated);
        next.headers = vec![("x".into(), "y".repeat(MAX_VALUE)); MAX_HEADERS];
        assert!((0..100).any(|_| !room.take(&mut next.clone())));
    }

    #[test]
    fn what_is_no_archive_is_named() {
        for (text, words) in [
            (r#"{"schema_version": "1", "probes": []}"#, "whycors replay"),
            ("[1, {}]", "no log.entries"),
            (r#"{"log": {"entries": [{"request": "#, "is it complete?"),
            (r#"{"log": {"entries": 3}}"#, "the entries of a HAR document"),
        ] {
            assert!(read(text.as_bytes()).unwrap_err().to_string().contains(words), "{text}");
        }
    }
}
