//! Where a stream of reports goes: standard output, or a file that appears only when it is complete.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::output::Trouble;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// A place to write to, piece by piece.
pub(crate) enum Sink {
    /// Standard output.
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A temporary file beside the one wanted.
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl Sink {
    /// Opens it.
    pub(crate) fn open(path: Option<&PathBuf>) -> Result<Self, Trouble> {
        let Some(path) = path else { return Ok(Self::Stdout(BufWriter::with_capacity(BUFFER, io::stdout().lock()))) };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).map_err(|e| Trouble::new(format!("cannot write {}: {e}", path.display())))?;
        Ok(Self::File(BufWriter::with_capacity(BUFFER, file), path.clone()))
    }

    /// Ends it; a file takes its name only now.
    pub(crate) fn close(self) -> Result<(), Trouble> {
        match self {
            Self::Stdout(mut out) => match out.flush() {
                // `whycors … | head` is no trouble.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(Trouble::new(format!("cannot write to standard output: {error}")))
                }
                _ => Ok(()),
            },
            Self::File(file, path) => {
                let fail = |error: io::Error| Trouble::new(format!("cannot write {}: {error}; nothing was written there", path.display()));
                let file = file.into_inner().map_err(|e| fail(e.into_error()))?;
                file.as_file().sync_all().map_err(fail)?;
                file.persist(&path).map_err(|e| fail(e.error))?;
                Ok(())
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(file, _) => file.flush(),
        }
    }
}
