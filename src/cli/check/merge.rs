//! `whycors merge`: joins the reports of shards.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::ask::Browser;
use crate::cli::format::OutputArgs;
use crate::cli::output::Trouble;
use crate::cli::{Exit, Global};
use crate::report::{Batch, Entry};
use crate::verdict::Engine;

/// Bytes of one report file that are read.
const MAX_FILE: u64 = 1024 * 1024 * 1024;

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Reports of `check`, JSON or NDJSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose console wording is shown first
    #[arg(long, env = "WHYCORS_BROWSER", value_enum, default_value_t)]
    browser: Browser,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn merge(args: MergeArgs, global: Global) -> Result<Exit, Trouble> {
    args.output.check()?;
    let mut results: Vec<Entry> = Vec::new();
    let mut longest: Option<f64> = None;
    for file in &args.files {
        for batch in batches(file)? {
            longest = longest.max_by(batch.summary.duration_ms);
            results.extend(batch.results);
        }
    }
    let batch = Batch::of(results, longest);
    let failed = batch.results.iter().any(Entry::failed);
    let inconclusive = batch.summary.inconclusive > 0;
    args.output.emit(batch, global, Engine::from(args.browser))?;
    Ok(match (failed, inconclusive) {
        (true, _) => Exit::Blocked,
        (false, true) => Exit::Inconclusive,
        (false, false) => Exit::Ok,
    })
}

trait Longest {
    fn max_by(self, other: Self) -> Self;
}

impl Longest for Option<f64> {
    fn max_by(self, other: Self) -> Self {
        match (self, other) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}

/// The reports of a file: the wrapper of `check`, or one report a line.
pub(super) fn batches(file: &Path) -> Result<Vec<Batch>, Trouble> {
    let opened = File::open(file).map_err(|e| Trouble::read(file, &e))?;
    let mut reader = BufReader::new(opened.take(MAX_FILE));
    let wrong =
        |line: usize, error: &serde_json::Error| Trouble::new(format!("{}, line {line}: not a report of whycors: {error}", file.display()));
    let mut first = String::new();
    reader.read_line(&mut first).map_err(|e| Trouble::read(file, &e))?;
    if let Ok(entry) = serde_json::from_str::<Entry>(&first) {
        let mut entries = vec![entry];
        for (number, line) in reader.lines().enumerate() {
            let line = line.map_err(|e| Trouble::read(file, &e))?;
            if !line.trim().is_empty() {
                entries.push(serde_json::from_str(&line).map_err(|e| wrong(number + 2, &e))?);
            }
        }
        return Ok(vec![Batch::of(entries, None)]);
    }
    let mut text = first;
    reader.read_to_string(&mut text).map_err(|e| Trouble::read(file, &e))?;
    match serde_json::from_str::<Batch>(&text) {
        Ok(batch) => Ok(vec![batch]),
        Err(error) => match serde_json::from_str::<Entry>(&text) {
            Ok(entry) => Ok(vec![Batch::of(vec![entry], None)]),
            Err(_) => Err(wrong(error.line(), &error)),
        },
    }
}
