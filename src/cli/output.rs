//! Where a report goes: standard output or a file, written atomically; and whycors's own trouble, one line on standard error.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use crate::evidence::redact;

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
    tempfile::NamedTempFile::new_in(folder(path)).map(|_| ()).map_err(|error| fail(&error))
}

/// An error without the name of the temporary file that it happened to.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or_default().to_owned()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Prints whycors's own trouble, without the secrets that an argument or a URL may have brought into it.
#[expect(clippy::print_stderr, reason = "the one place that does")]
pub(crate) fn complain(trouble: impl fmt::Display) {
    eprintln!("whycors: {}", redact::text(&trouble.to_string()));
}

/// Writes a finished text to a file (to a temporary one beside it, then renamed) or to standard output.
pub(crate) fn deliver(text: &str, to: Option<&PathBuf>) -> Result<(), Trouble> {
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
    let fail = |error: io::Error| Trouble::new(format!("cannot write {}: {}; nothing was written there", path.display(), words(&error)));
    let mut file = tempfile::NamedTempFile::new_in(folder(path)).map_err(fail)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}
