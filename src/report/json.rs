//! The contracted JSON: one object for one ask, the wrapper for several, or one object a line.

use std::borrow::Cow;

use serde::Serialize;

use super::{Batch, Entry, escape};

/// One object, indented.
pub fn write(batch: &Batch) -> String {
    match batch.results.as_slice() {
        [only] if batch.alone => pretty(only),
        _ => pretty(batch),
    }
}

/// One report a line.
pub fn write_lines(batch: &Batch) -> String {
    let mut room = Vec::new();
    batch.results.iter().fold(String::new(), |lines, entry| lines + &line(entry, &mut room))
}

/// One report as a line, for results that are printed as they come; `room` serves for all of them.
pub fn line<'r>(entry: &Entry, room: &'r mut Vec<u8>) -> Cow<'r, str> {
    room.clear();
    if serde_json::to_writer(&mut *room, entry).is_err() {
        room.clear();
    }
    room.push(b'\n');
    str::from_utf8(room).map(escape::json).unwrap_or_default()
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    escape::json(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{blocked, checked};
    use super::*;

    #[test]
    fn one_is_bare_and_several_are_wrapped() {
        let one: serde_json::Value = serde_json::from_str(&write(&Batch::one(blocked()))).unwrap();
        assert_eq!(one["ask"]["method"], "PUT");
        assert!(one.get("results").is_none() && one.get("check").is_none());
        let batch = Batch::of(vec![checked("upload", Some(false))], Some(2.0));
        let several: Batch = serde_json::from_str(&write(&batch)).unwrap();
        assert_eq!(several, batch);
        assert_eq!(several.summary.unmet, 1);
        assert_eq!(write_lines(&batch).lines().count(), 1);
    }
}
