//! A JSON stream whose long strings are cut while they pass, so that a reader behind it never holds one: a HAR file carries
//! whole downloads in its bodies. What comes out is JSON wherever what went in is.

use std::io::{self, Read};

/// Bytes of a string as written that pass; so many always decode to more than is kept of a body, escapes included.
const LONGEST: usize = 512 << 10;

/// Passes JSON on, strings cut after [`LONGEST`] bytes.
pub(super) struct Cut<R> {
    input: R,
    state: State,
    longest: usize,
}

/// Where in the JSON the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between strings.
    Outside,
    /// In a string that has come so far.
    Inside { passed: usize },
    /// Behind a backslash.
    Escaped { passed: usize },
    /// Among the four digits of `\u`; `high` while they name the first half of a pair.
    Digits { passed: usize, left: u8, high: bool },
    /// Behind the first half of a pair: its other half has to follow.
    Half { passed: usize },
    /// In the part of a string that is left out.
    Skipping,
    /// The same behind a backslash.
    SkippingEscaped,
}

impl<R: Read> Cut<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, state: State::Outside, longest: LONGEST }
    }
}

impl<R: Read> Read for Cut<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.input.read(buffer)?;
            let kept = self.pass(&mut buffer[..read]);
            // Nothing left of what was read is not the end.
            if read == 0 || kept > 0 {
                return Ok(kept);
            }
        }
    }
}

impl<R> Cut<R> {
    /// Moves the bytes that pass to the front; how many there are.
    fn pass(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            self.state = self.state.after(byte, self.longest);
            if !matches!(self.state, State::Skipping | State::SkippingEscaped) {
                bytes[kept] = byte;
                kept += 1;
            }
        }
        kept
    }
}

impl State {
    fn after(self, byte: u8, longest: usize) -> Self {
        match self {
            Self::Outside if byte == b'"' => Self::Inside { passed: 0 },
            Self::Outside => Self::Outside,
            Self::Inside { .. } | Self::Skipping if byte == b'"' => Self::Outside,
            // Never within a character.
            Self::Inside { passed } if passed >= longest && byte & 0xC0 != 0x80 => Self::Skipping.after(byte, longest),
            Self::Inside { passed } if byte == b'\\' => Self::Escaped { passed: passed + 1 },
            Self::Inside { passed } => Self::Inside { passed: passed + 1 },
            Self::Escaped { passed } if byte == b'u' => Self::Digits { passed: passed + 1, left: 4, high: true },
            Self::Escaped { passed } => Self::Inside { passed: passed + 1 },
            Self::Digits { passed, left, high } => {
                let passed = passed + 1;
                let high = high
                    && match left {
                        4 => byte.eq_ignore_ascii_case(&b'd'),
                        3 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
                        _ => true,
                    };
                match (left, high) {
                    (2.., _) => Self::Digits { passed, left: left - 1, high },
                    (_, true) => Self::Half { passed },
                    (_, false) => Self::Inside { passed },
                }
            }
            Self::Half { passed } if byte == b'\\' => Self::Escaped { passed: passed + 1 },
            Self::Half { passed } => Self::Inside { passed }.after(byte, longest),
            Self::Skipping if byte == b'\\' => Self::SkippingEscaped,
            Self::Skipping | Self::SkippingEscaped => Self::Skipping,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as slow pipes do.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn cut(text: &str, longest: usize) -> String {
        let mut out = String::new();
        Cut { longest, ..Cut::new(Slow(text.as_bytes())) }.read_to_string(&mut out).unwrap();
        let mut whole = String::new();
        Cut { longest, ..Cut::new(text.as_bytes()) }.read_to_string(&mut whole).unwrap();
        assert_eq!(out, whole);
        out
    }

    #[test]
    fn short_strings_pass() {
        for text in [r#"{"a": ["b\"c", 1, "\u00e9\ud83d\ude00ü"], "": null}"#, "", "[", "\"unfinished \\"] {
            assert_eq!(cut(text, 64), text);
        }
    }

    #[test]
    fn long_strings_end_early_and_stay_json() {
        let long =
            [r#""abcdefgh""#, r#""abc\"defgh""#, r#""ab\u00e9cdefgh""#, r#""abc\ud83d\ude00defgh""#, "\"abcüüüü\"", r#""abcde\\\\""#];
        for text in long {
            for longest in 0..10 {
                let shown = cut(&format!("[{text}, 1]"), longest);
                let value: serde_json::Value =
                    serde_json::from_str(&shown).unwrap_or_else(|error| panic!("{text} {longest} {shown}: {error}"));
                let whole: String = serde_json::from_str(text).unwrap();
                let found = value[0].as_str().unwrap();
                assert!(whole.starts_with(found) && value[1] == 1, "{text} {longest} {shown}");
                assert!(found.len() <= longest + 12);
            }
        }
    }
}
