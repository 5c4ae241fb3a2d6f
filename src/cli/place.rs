//! A place for a file: a regular one is written beside its name and renamed, a pipe or a device is written to as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Who may read a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// The owner alone: it holds something from an authenticated request.
    Owner,
    /// Whoever the user's own mask lets.
    Usual,
}

/// A file on its way; gone when dropped before it is kept.
#[derive(Debug)]
pub(crate) enum Place {
    /// To be renamed to the path.
    Beside(NamedTempFile, PathBuf),
    /// Written to at once.
    Special(File),
}

impl Place {
    /// Opens it.
    pub(crate) fn open(path: &Path, readers: Readers) -> io::Result<Self> {
        // A rename would put a file in the place of the device, or of a link to the file that is meant.
        if is_special(path) {
            return OpenOptions::new().write(true).open(path).map(Self::Special);
        }
        let path = if path.is_symlink() { fs::canonicalize(path)? } else { path.to_owned() };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".whycors-");
        if readers == Readers::Usual {
            usual(&mut builder);
        }
        builder.tempfile_in(folder(&path)).map(|file| Self::Beside(file, path))
    }

    /// From now on for the owner alone.
    pub(crate) fn hide(&self) -> io::Result<()> {
        match self {
            Self::Beside(file, _) => hide(file.as_file()),
            Self::Special(_) => Ok(()),
        }
    }

    /// Ends the writing; a regular file takes its name only now.
    pub(crate) fn keep(self) -> io::Result<()> {
        match self {
            Self::Special(mut file) => file.flush(),
            Self::Beside(file, path) => {
                file.as_file().sync_all()?;
                file.persist(path).map(drop).map_err(|error| error.error)
            }
        }
    }
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(file, _) => file.write(bytes),
            Self::Special(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(file, _) => file.flush(),
            Self::Special(file) => file.flush(),
        }
    }
}

/// The file that a path means: two ways to write it come to the same.
pub(crate) fn meant(path: &Path) -> PathBuf {
    let beside = || Some(fs::canonicalize(folder(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

/// A pipe, a device, a socket.
pub(crate) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn usual(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn usual(_: &mut tempfile::Builder<'_, '_>) {}

#[cfg(unix)]
fn hide(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn hide(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        let mut place = Place::open(&link, Readers::Usual).unwrap();
        place.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
        place.keep().unwrap();
        assert!(link.is_symlink() && fs::read_to_string(&file).unwrap() == "new");
        Place::open(Path::new("/dev/null"), Readers::Owner).unwrap().keep().unwrap();
        assert!(is_special(Path::new("/dev/null")));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_hidden_file_is_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        Place::open(&path, Readers::Owner).unwrap().keep().unwrap();
        assert_eq!(mode(), 0o600);
        let place = Place::open(&path, Readers::Usual).unwrap();
        place.hide().unwrap();
        place.keep().unwrap();
        assert_eq!(mode(), 0o600);
    }
}
