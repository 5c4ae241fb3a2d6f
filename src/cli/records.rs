//! Reads recorded evidence as a stream: NDJSON, one JSON document, a list, a report, or the wrapper of `check`.
//!
//! Holds one record at a time, however long the file is.

use std::fmt;
use std::io::{self, BufRead, Read};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::ask::Ask;
use crate::evidence::{Evidence, Probe};

/// Longest line that is read.
const MAX_LINE: usize = 64 << 20;

/// What a stream gives.
#[derive(Debug)]
pub(super) enum Item {
    /// A record.
    Record(Box<Evidence>),
    /// A line that cannot be read, by its number, and why.
    Unreadable(usize, String),
}

/// Where the items go; an error ends the reading.
type Take<'t> = dyn FnMut(Item) -> io::Result<()> + 't;

/// Gives every record of a stream, in order.
pub(super) fn each(input: &mut dyn BufRead, take: &mut Take<'_>) -> io::Result<()> {
    let mut lines = Lines { input, number: 0 };
    let mut line = Vec::new();
    if !lines.next(&mut line)? {
        return Ok(());
    }
    if line.len() <= MAX_LINE && is_cut_off(&line) {
        let first = lines.number;
        let mut second = Vec::new();
        let more = lines.next(&mut second)?;
        // A document goes on in its second line; a record that was cut off is followed by whole ones.
        if line.starts_with(b"[") || line == b"{" || !more || !is_whole_object(&second) {
            // Both came without their ends, which the count of lines needs.
            line.push(b'\n');
            second.push(b'\n');
            return document(&mut line.chain(&second[..]).chain(lines.input), first, take);
        }
        take(Item::Unreadable(first, "the line ends too early".into()))?;
        line = second;
    }
    loop {
        of_line(&line, lines.number, take)?;
        if !lines.next(&mut line)? {
            return Ok(());
        }
    }
}

/// Lines that are not blank, and their numbers.
struct Lines<'i> {
    input: &'i mut dyn BufRead,
    number: usize,
}

impl Lines<'_> {
    /// The next line without the space around it; of one that is too long only the beginning.
    fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            line.clear();
            let most = MAX_LINE as u64 + 2;
            if (&mut *self.input).take(most).read_until(b'\n', line)? == 0 {
                return Ok(false);
            }
            self.number += 1;
            if line.len() as u64 == most && line.last() != Some(&b'\n') {
                self.input.skip_until(b'\n')?;
            }
            let bom = if self.number == 1 && line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
            let end = line.trim_ascii_end().len();
            let start =
                bom + line.get(bom..end).unwrap_or_default().len() - line.get(bom..end).unwrap_or_default().trim_ascii_start().len();
            line.truncate(end);
            line.drain(..start.min(end));
            if !line.is_empty() {
                return Ok(true);
            }
        }
    }
}

fn is_cut_off(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| error.is_eof())
}

fn is_whole_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// The records of one line; none of them when any part of it cannot be read.
fn of_line(line: &[u8], number: usize, take: &mut Take<'_>) -> io::Result<()> {
    if line.len() > MAX_LINE {
        return take(Item::Unreadable(number, format!("the line is longer than {} MiB", MAX_LINE >> 20)));
    }
    let mut records = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(line);
    let mut keep = |record| {
        records.push(record);
        true
    };
    match Records(&mut keep).deserialize(&mut json).and_then(|()| json.end()) {
        Err(error) => take(Item::Unreadable(number, reason(&error))),
        Ok(()) => records.into_iter().try_for_each(|record| take(Item::Record(record))),
    }
}

/// The records of a document that may go over many lines, each given as soon as it is read.
fn document(input: &mut dyn Read, first: usize, take: &mut Take<'_>) -> io::Result<()> {
    let mut stopped = None;
    let mut json = serde_json::Deserializer::from_reader(io::BufReader::new(input));
    let mut give = |record| take(Item::Record(record)).map_err(|error| stopped = Some(error)).is_ok();
    let read = Records(&mut give).deserialize(&mut json).and_then(|()| json.end());
    match (stopped, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if error.is_io() => Err(error.into()),
        (None, Err(error)) => take(Item::Unreadable((first + error.line()).saturating_sub(1), reason(&error))),
        (None, Ok(())) => Ok(()),
    }
}

/// The error without `serde_json`'s own count of lines.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((what, _)) => format!("{what} (column {})", error.column()),
        None => text,
    }
}

/// Reads a record, a list of records, or a wrapper whose `results` are records. The taker says whether to go on.
struct Records<'r>(&'r mut dyn FnMut(Box<Evidence>) -> bool);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Id,
    StartedAt,
    Ask,
    Probes,
    CorsConfig,
    Results,
    #[serde(other)]
    Other,
}

/// A name given by the caller; what is no text is written as one.
struct Name(Option<String>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }))
    }
}

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `ask` and `probes`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Records(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut id, mut started_at, mut ask, mut probes) = (None, None, None::<Ask>, Vec::<Probe>::new());
        let (mut wrapper, mut cors_config) = (false, None);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Id => id = map.next_value::<Name>()?.0,
                Key::StartedAt => started_at = map.next_value()?,
                Key::Ask => ask = Some(map.next_value()?),
                Key::Probes => probes = map.next_value()?,
                Key::CorsConfig => cors_config = map.next_value()?,
                Key::Results => {
                    wrapper = true;
                    map.next_value_seed(Records(self.0))?;
                }
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match ask {
            Some(ask) => {
                let record = Box::new(Evidence { id, started_at, ask, probes, cors_config });
                if (self.0)(record) { Ok(()) } else { Err(A::Error::custom("stopped")) }
            }
            None if wrapper => Ok(()),
            None => Err(A::Error::custom("there is no `ask` in it")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASK: &str = r#""ask":{"url":"https://api.example.com/","origin":"https://app.example.com","headers":[["x-a",null]]},"probes":[]"#;

    fn read(text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        let mut take = |item| {
            seen.push(match item {
                Item::Record(record) => record.id.unwrap_or_default(),
                Item::Unreadable(line, _) => format!("line {line}"),
            });
            Ok(())
        };
        each(&mut text.as_bytes(), &mut take).unwrap();
        seen
    }

    #[test]
    fn reads_every_form() {
        let record = |id: &str| format!("{{\"id\":{id},{ASK}}}");
        let pretty = format!("{{\n  \"verdict\": {{}},\n  \"id\": \"p\",\n {ASK}\n}}\n");
        for (text, seen) in [
            (format!("{}\n\n{}\r\n", record("\"a\""), record("7")), vec!["a", "7"]),
            (format!("{}\n{{\"id\":\nnonsense\n{}", record("1"), record("2")), vec!["1", "line 2", "line 3", "2"]),
            (format!("{}\n{}", &record("1")[..30], record("2")), vec!["line 1", "2"]),
            (pretty, vec!["p"]),
            (format!("[{},\n{}]", record("1"), record("2")), vec!["1", "2"]),
            (format!("\u{feff}{{\"summary\":{{}},\n\"results\":[\n{},{}]}}", record("1"), record("2")), vec!["1", "2"]),
            (format!("{{\n\"results\":[{},\n{{}}]}}", record("1")), vec!["1", "line 3"]),
            ("{}\n[]\n3".to_owned(), vec!["line 1", "line 3"]),
            (" \n".to_owned(), vec![]),
        ] {
            assert_eq!(read(&text), seen, "{text}");
        }
    }
}
