//! The document: read entry by entry as it streams in, and of all that is kept of them together no more than a bound.

use std::fmt;
use std::io::{BufReader, Read};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::IntakeError;
use super::cut::Cut;
use super::entry::{MAX_VALUE, RawEntry, cut, each};
use super::exchange::Exchange;

/// The most entries that are kept.
const MAX_ENTRIES: usize = 20_000;
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
struct RawPage {
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: String,
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
    use super::super::entry::{MAX_BODY, MAX_HEADERS};
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
