//! Imports point one way: a module uses only those that stand above it in `lib.rs`, and the pure ones do no I/O.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order of `lib.rs`, and how many of them are pure.
fn order() -> (Vec<String>, usize) {
    let text = fs::read_to_string("src/lib.rs").unwrap();
    let (pure, all) = (text.split("── the world").next().unwrap().lines(), text.lines());
    let name = |line: &str| line.strip_prefix("pub mod ").map(|m| m.trim_end_matches(';').to_owned());
    (all.filter_map(name).collect(), pure.filter_map(name).count())
}

/// The source files of a module.
fn files(module: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new("src").join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.push(Path::new("src").join(format!("{module}.rs")));
    let is_test = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == "tests" || stem == "testing");
    found.retain(|path| path.extension().is_some_and(|e| e == "rs") && path.exists() && !is_test(path));
    found
}

/// The code of a file: no comments, no tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.split("#[cfg(test)]").next().unwrap_or_default().lines();
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_point_up() {
    let (order, _) = order();
    let mut wrong = Vec::new();
    for (at, module) in order.iter().enumerate() {
        for path in files(module) {
            for used in code(&path).split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if order.iter().position(|m| *m == used).is_some_and(|place| place > at) {
                    wrong.push(format!("{} uses {used}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_part_does_no_io() {
    const IO: [&str; 10] =
        ["std::fs", "std::env::", "std::process", "std::thread", "std::io::std", "::now()", "::now_utc()", "tokio", "async fn", "println!"];
    let (order, pure) = order();
    assert!(pure >= 12 && pure < order.len());
    let mut wrong = Vec::new();
    for path in order[..pure].iter().flat_map(|module| files(module)) {
        let code = code(&path);
        wrong.extend(IO.iter().filter(|io| code.contains(*io)).map(|io| format!("{} has {io}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
