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

/// Longest line that is read.
const MAX_LINE: u64 = 64 * 1024 * 1024;

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
    let inconclusive = batch.summary.is_open();
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
    let open = || File::open(file).map(BufReader::new).map_err(|e| Trouble::read(file, &e));
    let mut reader = open()?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(|e| Trouble::read(file, &e))?;
        match serde_json::from_slice(&line) {
            _ if read == 0 => break,
            _ if line.trim_ascii().is_empty() => {}
            Ok(entry) => entries.push(entry),
            Err(_) if entries.is_empty() => return whole(file, open).map(|batch| vec![batch]),
            Err(error) => return Err(not_a_report(file, number, &error)),
        }
    }
    Ok(vec![Batch::of(entries, None)])
}

/// A file that is one document.
fn whole(file: &Path, open: impl Fn() -> Result<BufReader<File>, Trouble>) -> Result<Batch, Trouble> {
    match serde_json::from_reader::<_, Batch>(open()?) {
        Ok(batch) => Ok(batch),
        Err(error) => match serde_json::from_reader::<_, Entry>(open()?) {
            Ok(entry) => Ok(Batch::of(vec![entry], None)),
            Err(_) => Err(not_a_report(file, error.line(), &error)),
        },
    }
}

fn not_a_report(file: &Path, line: usize, error: &serde_json::Error) -> Trouble {
    Trouble::new(format!("{}, line {line}: not a report of whycors: {error}", file.display()))
}
