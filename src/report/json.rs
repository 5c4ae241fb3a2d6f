//! The contracted JSON: one object for one ask, the wrapper for several, or one object a line.

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
    batch.results.iter().map(line).collect()
}

/// One report as a line, for results that are printed as they come.
pub fn line(entry: &Entry) -> String {
    // Most reports fit: growing step by step would copy each of them several times.
    let mut bytes = Vec::with_capacity(8 << 10);
    let written = serde_json::to_writer(&mut bytes, entry).is_ok();
    let mut line = escape::json(String::from_utf8(bytes).ok().filter(|_| written).unwrap_or_default());
    line.push('\n');
    line
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = escape::json(serde_json::to_string_pretty(value).unwrap_or_default());
    text.push('\n');
    text
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
