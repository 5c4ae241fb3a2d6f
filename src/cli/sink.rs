//! Where a stream of reports goes: standard output, or a file that appears only when it is complete.

use std::io::{self, BufWriter, Stdout, Write};
use std::path::PathBuf;

use super::output::{Trouble, write_trouble};
use super::place::{Place, Readers};

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// A place to write to, piece by piece.
pub(crate) enum Sink {
    /// Standard output.
    Stdout(BufWriter<Stdout>),
    /// A file, and how the user named it.
    File(BufWriter<Place>, PathBuf),
}

impl Sink {
    /// Opens it.
    pub(crate) fn open(path: Option<&PathBuf>) -> Result<Self, Trouble> {
        let Some(path) = path else { return Ok(Self::Stdout(BufWriter::with_capacity(BUFFER, io::stdout()))) };
        let place = Place::open(path, Readers::Usual).map_err(|error| write_trouble(path, &error))?;
        Ok(Self::File(BufWriter::with_capacity(BUFFER, place), path.clone()))
    }

    /// What follows is for the owner alone.
    pub(crate) fn hide(&self) -> io::Result<()> {
        match self {
            Self::Stdout(_) => Ok(()),
            Self::File(file, _) => file.get_ref().hide(),
        }
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
                let kept = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(Place::keep);
                kept.map_err(|error| write_trouble(&path, &error))
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
