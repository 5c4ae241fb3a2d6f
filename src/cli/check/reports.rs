//! Reads the reports of earlier runs back: the wrapper of `check`, one report, or one report a line; from a pipe as well.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::path::Path;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::feed::open;
use crate::cli::output::Trouble;
use crate::report::{Batch, Entry, Summary};

/// Longest line that is read as one report.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// The reports of a file. One without any is no report: whoever should have written it did not.
pub(super) fn read(file: &Path) -> Result<Batch, Trouble> {
    let mut reader = open(file).map_err(|error| Trouble::read(file, &error))?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(|error| Trouble::read(file, &error))?;
        let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(&line);
        match serde_json::from_slice(text) {
            _ if read == 0 => break,
            _ if text.trim_ascii().is_empty() => {}
            Ok(entry) => entries.push(entry),
            Err(_) if entries.is_empty() => return whole(&mut text.chain(reader)).map_err(|error| not_a_report(file, number - 1, &error)),
            Err(error) => return Err(not_a_report(file, number - 1, &error)),
        }
    }
    if entries.is_empty() {
        return Err(Trouble::new(format!("{}: there is no report in it; the run that should have written it did not", file.display())));
    }
    Ok(Batch::of(entries, None))
}

/// A file that is one document.
fn whole(text: &mut dyn Read) -> Result<Batch, serde_json::Error> {
    let Document(results, summary) = serde_json::from_reader(io::BufReader::new(text))?;
    let batch = Batch::of(results, summary.duration_ms);
    Ok(batch.complete(summary.complete))
}

/// A wrapper's results and summary; one report alone is a wrapper's only result. Read once, for a pipe gives nothing twice.
struct Document(Vec<Entry>, Summary);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `results`, or with `ask` and `verdict`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut results: Option<Vec<Entry>> = None;
        let mut others = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "results" {
                results = Some(map.next_value()?);
            } else {
                others.insert(key, map.next_value()?);
            }
        }
        match results {
            Some(results) => {
                let summary = others.remove("summary").map(serde_json::from_value).transpose().map_err(A::Error::custom)?;
                Ok(Document(results, summary.unwrap_or_default()))
            }
            None => Ok(Document(vec![serde_json::from_value(Value::Object(others)).map_err(A::Error::custom)?], Summary::default())),
        }
    }
}

/// `before` is how many lines the error does not count.
fn not_a_report(file: &Path, before: usize, error: &serde_json::Error) -> Trouble {
    Trouble::new(format!("{}, line {}: not a report of whycors: {error}", file.display(), before + error.line()))
}
