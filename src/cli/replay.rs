//! `whycors replay`: judges and diagnoses recorded evidence again, without network.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ask::Browser;
use super::format::OutputArgs;
use super::output::{Trouble, complain};
use super::printer::Printer;
use super::records::{Item, each};
use super::{Exit, Global, interrupt, probe::runtime};
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
    let told = Told { printer: Printer::new(args.output, global, engine)?, unreadable: 0 };
    let desk = Desk(Arc::new(Mutex::new(Some(told))));
    let runtime = runtime()?;
    let all = runtime.block_on(async {
        let (desk, files) = (desk.clone(), args.files);
        let reading = tokio::task::spawn_blocking(move || files.iter().all(|path| desk.replay(path, engine)));
        tokio::select! {
            read = reading => read.is_ok(),
            () = interrupt::wait() => false,
        }
    });
    // Standard input may still be waited for; the process does not wait for it.
    runtime.shutdown_background();
    let Some(Told { printer, unreadable }) = desk.cleared() else { return Ok(Exit::Inconclusive) };
    if !all {
        complain(interrupt::TOLD);
    } else if printer.summary().total == 0 && unreadable == 0 {
        return Err(Trouble::new("there is no evidence in it: expected an object with `ask` and `probes`, or one such object a line"));
    }
    let exit = if unreadable > 0 { Exit::Usage } else { exit(printer.summary()).unless_all(all) };
    printer.end(all).map(|()| exit)
}

/// What was told so far.
struct Told {
    printer: Printer,
    unreadable: usize,
}

/// Where the reader lays its reports down. Whoever ends the run clears it, and the reader stops.
#[derive(Clone)]
struct Desk(Arc<Mutex<Option<Told>>>);

fn exit(summary: &Summary) -> Exit {
    match summary {
        Summary { blocked: 1.., .. } => Exit::Blocked,
        Summary { inconclusive: 1.., .. } => Exit::Inconclusive,
        _ => Exit::Ok,
    }
}

impl Desk {
    fn cleared(&self) -> Option<Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Does something with what was told; once the desk is cleared it is as if the reader of the output had gone.
    fn with(&self, work: impl FnOnce(&mut Told) -> io::Result<()>) -> io::Result<()> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.as_mut().map_or_else(|| Err(io::ErrorKind::BrokenPipe.into()), work)
    }

    /// Replays a file; gives whether to go on.
    fn replay(&self, path: &Path, engine: Engine) -> bool {
        let unreadable = |problem: String| {
            self.with(|told| {
                told.unreadable += 1;
                complain(problem);
                Ok(())
            })
        };
        let read = open(path).and_then(|mut input| {
            each(&mut input, &mut |item| match item {
                Item::Record(evidence) => {
                    let report = report(*evidence, engine);
                    self.with(|told| told.printer.print(report))
                }
                Item::Unreadable(line, why) => unreadable(format!("{}, line {line}: {why}; skipped", path.display())),
            })
        });
        match read {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => false,
            Err(error) => unreadable(format!("cannot read {}: {error}", path.display())).is_ok(),
        }
    }
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    Ok(if path.as_os_str() == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(1 << 16, File::open(path)?))
    })
}

/// Judges a record as of the time at which it was taken.
pub(crate) fn report(mut evidence: Evidence, engine: Engine) -> Report {
    evidence.complete();
    Report::of(resume(evidence, engine).conclude(), None)
}

/// Takes an inquiry up again that sends nothing, as of the time of its record.
pub(crate) fn resume(evidence: Evidence, engine: Engine) -> Inquiry {
    let taken = evidence.started_at.as_deref().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let now = taken.map_or_else(clock, OffsetDateTime::unix_timestamp);
    let budget = Budget { max_probes: 0, engine, ..Budget::default() };
    Inquiry::resume(evidence, budget, now)
}

fn clock() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
