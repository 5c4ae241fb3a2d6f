//! Where a report goes: standard output or a file, written atomically; and whycors's own trouble, one line on standard error.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use super::place::{self, Place, Readers};
use crate::evidence::redact;
use crate::report::escape::terminal_lines;

/// Trouble of whycors's own: says what, where, and what to do.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Trouble {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A file that cannot be read.
    pub(crate) fn read(path: &Path, error: &io::Error) -> Self {
        Self(format!("cannot read {}: {error}", path.display()))
    }
}

/// Reads a file of at most so many bytes.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    read.map_err(|error| Trouble::read(path, &error))?;
    if bytes.len() as u64 > limit {
        return Err(Trouble::new(format!("{} is larger than {} MiB", path.display(), limit >> 20)));
    }
    Ok(bytes)
}

/// Reads a text of at most so many bytes from a file, or from standard input for `-`.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, Trouble> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| Trouble::new(format!("cannot read standard input: {error}")))?;
        bytes
    } else {
        read_bounded(path, limit)?
    };
    if bytes.len() as u64 > limit {
        return Err(Trouble::new(format!("{} is larger than {} MiB", path.display(), limit >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| Trouble::new(format!("{} is not a UTF-8 text", path.display())))
}

/// Whether a file can be written, asked before the work begins. Leaves nothing behind.
pub(crate) fn check_writable(path: &Path) -> Result<(), Trouble> {
    let fail = |error: &io::Error| Trouble::new(format!("cannot write {}: {}; nothing was sent", path.display(), words(error)));
    if path.is_dir() {
        return Err(Trouble::new(format!("cannot write {}: it is a directory; name a file in it", path.display())));
    }
    if place::is_special(path) {
        return Ok(());
    }
    Place::open(path, Readers::Owner).map(drop).map_err(|error| fail(&error))
}

/// An error without the name of the temporary file that it happened to.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or_default().to_owned()
}

/// A file that cannot be written.
pub(crate) fn write_trouble(path: &Path, error: &io::Error) -> Trouble {
    Trouble(format!("cannot write {}: {}; nothing was written there", path.display(), words(error)))
}

/// Prints whycors's own trouble, without the secrets that an argument or a URL may have brought into it, and harmless to a terminal.
pub(crate) fn complain(trouble: impl fmt::Display) {
    let text = terminal_lines(&redact::text(&trouble.to_string()));
    // Where nobody listens there is nobody to tell.
    let _ = writeln!(io::stderr(), "whycors: {text}");
}

/// Writes a finished text to a file (to a temporary one beside it, then renamed) or to standard output.
pub(crate) fn deliver(text: &str, to: Option<&PathBuf>) -> Result<(), Trouble> {
    deliver_for(Readers::Usual, text, to)
}

/// The same for a file that not everybody may read.
pub(crate) fn deliver_for(readers: Readers, text: &str, to: Option<&PathBuf>) -> Result<(), Trouble> {
    let Some(path) = to else {
        let mut out = io::stdout().lock();
        return match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // `whycors … | head` is no trouble.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Trouble::new(format!("cannot write to standard output: {error}")))
            }
            _ => Ok(()),
        };
    };
    let written = Place::open(path, readers).and_then(|mut place| {
        place.write_all(text.as_bytes())?;
        place.keep()
    });
    match written {
        // `whycors … --output >(head)` is no trouble either.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(write_trouble(path, &error)),
        _ => Ok(()),
    }
}
