//! Files that are generated from the code and reviewed by people: `WHYCORS_BLESS=1 cargo test` rewrites them.

use std::fs;
use std::path::Path;

/// Fails when the file does not hold this text.
pub(crate) fn check(path: &str, text: &str) {
    if std::env::var_os("WHYCORS_BLESS").is_some() {
        fs::create_dir_all(Path::new(path).parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    let held = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    let first = held.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or_else(|| held.lines().count().min(text.lines().count()));
    assert!(
        held == text,
        "{path} is out of date from line {}; WHYCORS_BLESS=1 cargo test rewrites it\nheld:   {}\nwanted: {}",
        first + 1,
        held.lines().nth(first).unwrap_or("(end)"),
        text.lines().nth(first).unwrap_or("(end)")
    );
}
