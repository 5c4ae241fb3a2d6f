//! The file format: read entry by entry, borrowed from the text; only what matters of a script's requests is kept.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::super::IntakeError;
use super::super::form::multipart;

/// The most entries that are kept.
const MAX_ENTRIES: usize = 20_000;
/// How much of a response's body is kept.
const MAX_BODY: usize = 64 << 10;
/// The most header lines of a message.
const MAX_HEADERS: usize = 200;

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

    /// When it began, in UTC.
    pub(super) fn started_at(&self) -> Option<String> {
        use time::format_description::well_known::Rfc3339;
        let time = time::OffsetDateTime::parse(&self.started, &Rfc3339).ok()?;
        time.checked_to_offset(time::UtcOffset::UTC)?.format(&Rfc3339).ok()
    }
}

/// The exchanges of a file, in its order.
pub(super) fn read(text: &str) -> Result<Vec<Exchange>, IntakeError> {
    let broken = |problem: String| IntakeError::Broken { what: "the HAR file", problem };
    let mut reader = serde_json::Deserializer::from_str(text);
    match Archive.deserialize(&mut reader) {
        Ok(Some(log)) => Ok(log),
        Ok(None) if text.contains("\"schema_version\"") || text.contains("\"probes\"") => {
            Err(broken("this is a report of whycors, not a HAR file; use whycors replay".into()))
        }
        Ok(None) => Err(broken("the JSON has no log.entries; export it from the network panel (\"Save all as HAR\")".into())),
        Err(error) => Err(broken(format!("{}; is it complete?", crate::evidence::redact::text(&error.to_string())))),
    }
}

#[derive(Deserialize)]
struct RawEntry<'a> {
    #[serde(rename = "startedDateTime", borrow, default)]
    started: Cow<'a, str>,
    #[serde(default)]
    time: Option<f64>,
    #[serde(borrow)]
    request: RawRequest<'a>,
    #[serde(borrow)]
    response: RawResponse<'a>,
    #[serde(rename = "_resourceType", default)]
    kind: Option<Cow<'a, str>>,
    #[serde(rename = "serverIPAddress", default)]
    address: Option<Cow<'a, str>>,
    #[serde(default)]
    pageref: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawRequest<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(default, borrow)]
    headers: Vec<RawHeader<'a>>,
    #[serde(default)]
    cookies: Vec<IgnoredAny>,
    #[serde(rename = "bodySize", default)]
    body_size: Option<f64>,
    #[serde(rename = "postData", default, borrow)]
    posted: Option<RawPosted<'a>>,
}

/// A body that was sent: browsers give its text, its fields, or both.
#[derive(Deserialize)]
struct RawPosted<'a> {
    #[serde(rename = "mimeType", default, borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    params: Vec<RawField<'a>>,
}

#[derive(Deserialize)]
struct RawField<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default, borrow)]
    value: Option<Cow<'a, str>>,
}

impl RawPosted<'_> {
    /// The fields of a multipart form.
    fn fields(self) -> Vec<(String, String)> {
        if !self.kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Vec::new();
        }
        if self.params.is_empty() {
            return self.text.map(|text| multipart(&text)).unwrap_or_default();
        }
        let fields = self.params.into_iter().take(MAX_HEADERS);
        fields.map(|field| (field.name.into_owned(), field.value.unwrap_or_default().into_owned())).collect()
    }
}

#[derive(Deserialize)]
struct RawResponse<'a> {
    #[serde(default)]
    status: Option<f64>,
    #[serde(rename = "httpVersion", default)]
    http_version: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    headers: Vec<RawHeader<'a>>,
    #[serde(default, borrow)]
    content: Option<RawContent<'a>>,
    #[serde(rename = "_error", default)]
    error: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawContent<'a> {
    #[serde(default, borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(default)]
    encoding: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawHeader<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default, borrow)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct RawPage<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    title: Cow<'a, str>,
}

impl RawEntry<'_> {
    /// The part that is kept; nothing for what is no request of a script over http.
    fn exchange(self) -> Option<(Exchange, Option<String>)> {
        let url = super::super::text::url(&self.request.url)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let text = self.response.content.filter(|c| c.encoding.is_none()).and_then(|c| c.text).unwrap_or_default();
        let body = text.get(..text.floor_char_boundary(MAX_BODY)).unwrap_or_default().to_owned();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        let (status, body_bytes) = (self.response.status.unwrap_or(0.0) as u16, self.request.body_size.map(|size| size as u64));
        let exchange = Exchange {
            started: self.started.into_owned(),
            time: self.time,
            method: self.request.method.into_owned(),
            headers: lines(self.request.headers),
            cookies: !self.request.cookies.is_empty(),
            body_bytes,
            form: self.request.posted.map(RawPosted::fields).unwrap_or_default(),
            kind: self.kind.unwrap_or_default().into_owned(),
            status,
            http_version: self.response.http_version.and_then(|version| http_version(&version)),
            response_headers: lines(self.response.headers),
            body_truncated: body.len() < text.len(),
            body,
            error: self.response.error.filter(|error| !error.is_empty()).map(Cow::into_owned),
            address: self.address.filter(|address| !address.is_empty()).map(|address| match address.trim_matches(['[', ']']) {
                v6 if v6.contains(':') => format!("[{v6}]:{port}"),
                v4 => format!("{v4}:{port}"),
            }),
            url,
            page: None,
        };
        (exchange.is_script() || exchange.is_preflight()).then_some((exchange, self.pageref.map(Cow::into_owned)))
    }
}

/// Header lines; the browser joins the lines of a repeated header with a line break.
fn lines(headers: Vec<RawHeader<'_>>) -> Vec<(String, String)> {
    let lines = headers.into_iter().filter(|header| !header.name.starts_with(':')).flat_map(|header| {
        let name = header.name.into_owned();
        header.value.split('\n').map(|value| (name.clone(), value.trim().to_owned())).collect::<Vec<_>>()
    });
    lines.take(MAX_HEADERS).collect()
}

fn http_version(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "" | "unknown" => None,
        "h2" | "http/2" | "http/2.0" => Some("HTTP/2".into()),
        "h3" | "http/3" | "http/3.0" => Some("HTTP/3".into()),
        other => Some(other.to_ascii_uppercase()),
    }
}

/// The document: nothing when it has no `log.entries`.
struct Archive;

impl<'de> DeserializeSeed<'de> for Archive {
    type Value = Option<Vec<Exchange>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(Document)
    }
}

struct Document;

impl<'de> Visitor<'de> for Document {
    type Value = Option<Vec<Exchange>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HAR document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "log" {
                let log: Log<'de> = map.next_value()?;
                found = log.entries.map(|entries| log.pages.place(entries));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(default, borrow)]
    pages: Pages<'a>,
    #[serde(default)]
    entries: Option<Entries>,
}

#[derive(Deserialize, Default)]
#[serde(transparent)]
struct Pages<'a>(#[serde(borrow)] Vec<RawPage<'a>>);

impl Pages<'_> {
    /// Chromium titles a page with its URL.
    fn place(&self, entries: Entries) -> Vec<Exchange> {
        let url = |id: &str| self.0.iter().find(|page| page.id == id).and_then(|page| super::super::text::url(&page.title));
        entries.0.into_iter().map(|(exchange, page)| Exchange { page: page.as_deref().and_then(url), ..exchange }).collect()
    }
}

/// The entries that are kept.
struct Entries(Vec<(Exchange, Option<String>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EntryList)
    }
}

struct EntryList;

impl<'de> Visitor<'de> for EntryList {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the entries of a HAR document")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entries, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MAX_ENTRIES {
            let Some(entry) = seq.next_element::<RawEntry<'de>>()? else { return Ok(Entries(kept)) };
            kept.extend(entry.exchange());
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Entries(kept))
    }
}
