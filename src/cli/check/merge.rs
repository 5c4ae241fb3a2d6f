//! `whycors merge`: joins the reports of shards.

use std::path::PathBuf;

use clap::Args;

use super::reports;
use crate::cli::ask::Browser;
use crate::cli::format::OutputArgs;
use crate::cli::output::{Trouble, complain};
use crate::cli::{Exit, Global};
use crate::report::{Batch, Entry};
use crate::verdict::Engine;

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Reports of `check`, JSON or NDJSON; `-` for standard input
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
    let mut merged = Batch::of(Vec::new(), None);
    for file in &args.files {
        let part = reports::read(file)?;
        if !part.summary.complete {
            complain(format_args!("{}: its run was stopped before the end; the rest is missing", file.display()));
        }
        let longest = [merged.summary.duration_ms, part.summary.duration_ms].into_iter().flatten().reduce(f64::max);
        merged.summary.add(&part.summary);
        merged.summary.duration_ms = longest;
        merged.results.extend(part.results);
    }
    let failed = merged.results.iter().any(Entry::failed);
    let (complete, inconclusive) = (merged.summary.complete, merged.summary.is_open());
    args.output.emit(merged, global, Engine::from(args.browser))?;
    let exit = match (failed, inconclusive) {
        (true, _) => Exit::Blocked,
        (false, true) => Exit::Inconclusive,
        (false, false) => Exit::Ok,
    };
    Ok(exit.unless_all(complete))
}
