//! `whycors replay`: judges and diagnoses recorded evidence again, without network.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ask::Browser;
use super::format::OutputArgs;
use super::output::{Trouble, complain};
use super::printer::Printer;
use super::records::{Item, each};
use super::{Exit, Global};
use crate::evidence::Evidence;
use crate::inquiry::{Budget, Inquiry};
use crate::report::{Report, Summary};
use crate::verdict::Engine;

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Evidence or reports, JSON or NDJSON; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose decision counts, and whose console wording is shown first
    #[arg(long, env = "WHYCORS_BROWSER", value_enum, default_value_t)]
    browser: Browser,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: ReplayArgs, global: Global) -> Result<Exit, Trouble> {
    let engine = Engine::from(args.browser);
    let mut printer = Printer::new(&args.output, global, engine)?;
    let mut unreadable = 0;
    for path in &args.files {
        match replay(path, engine, &mut printer, &mut unreadable) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                complain(format_args!("cannot read {}: {error}", path.display()));
                unreadable += 1;
            }
            Ok(()) => {}
        }
    }
    if printer.summary().total == 0 && unreadable == 0 {
        return Err(Trouble::new("there is no evidence in it: expected an object with `ask` and `probes`, or one such object a line"));
    }
    let exit = if unreadable > 0 { Exit::Usage } else { exit(printer.summary()) };
    printer.end().map(|()| exit)
}

fn exit(summary: &Summary) -> Exit {
    match summary {
        Summary { blocked: 1.., .. } => Exit::Blocked,
        Summary { inconclusive: 1.., .. } => Exit::Inconclusive,
        _ => Exit::Ok,
    }
}

fn replay(path: &Path, engine: Engine, printer: &mut Printer<'_>, unreadable: &mut usize) -> io::Result<()> {
    let mut input: Box<dyn BufRead> =
        if path.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)) };
    each(&mut input, &mut |item| match item {
        Item::Record(evidence) => printer.print(report(*evidence, engine)),
        Item::Unreadable(line, why) => {
            *unreadable += 1;
            complain(format_args!("{}, line {line}: {why}; skipped", path.display()));
            Ok(())
        }
    })
}

/// Judges a record as of the time at which it was taken.
pub(crate) fn report(mut evidence: Evidence, engine: Engine) -> Report {
    evidence.complete();
    let taken = evidence.started_at.as_deref().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let now = taken.map_or_else(clock, OffsetDateTime::unix_timestamp);
    let budget = Budget { max_probes: 0, engine, ..Budget::default() };
    Report::of(Inquiry::resume(evidence, budget, now).conclude(), None)
}

fn clock() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
