//! The `whycors.toml` of a project: its `[defaults]` stand in where the command line and the environment are silent.

use std::path::{Path, PathBuf};

use super::Global;
use super::output::{Trouble, complain, read_text};
use crate::suite::{self, Defaults};

/// The file's name, the same as of a file of checks.
const NAME: &str = "whycors.toml";

/// Largest file that is read.
const MAX_FILE: u64 = 16 << 20;

/// Folders that are looked at, from the working directory up.
const MAX_FOLDERS: usize = 64;

/// The defaults of the nearest file, from the working directory upward; none where there is no file or no `[defaults]` in it.
pub(crate) fn find(global: Global) -> Result<Defaults, Trouble> {
    let Ok(folder) = std::env::current_dir() else { return Ok(Defaults::default()) };
    let Some(file) = nearest(&folder) else { return Ok(Defaults::default()) };
    let text = read_text(&file, MAX_FILE)?;
    let found = suite::defaults(&file.display().to_string(), &text, &|name| std::env::var(name).ok());
    let found = found.map_err(|mistakes| Trouble::new(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let found = found.unwrap_or_default();
    if global.verbose > 0 && !found.keys.is_empty() {
        complain(format_args!("defaults from {}: {}", file.display(), found.keys.join(", ")));
    }
    Ok(found)
}

fn nearest(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().take(MAX_FOLDERS).map(|folder| folder.join(NAME)).find(|file| file.is_file())
}
