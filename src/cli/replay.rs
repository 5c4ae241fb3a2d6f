//! `whycors replay`: judges and diagnoses recorded evidence again, without network.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ask::Browser;
use super::output::{Trouble, complain};
use super::records::{Item, each};
use super::sink::Sink;
use super::{Exit, Global};
use crate::evidence::Evidence;
use crate::inquiry::{Budget, Inquiry};
use crate::report::human::{HumanOptions, write};
use crate::report::{Report, SCHEMA_VERSION, Tool};
use crate::verdict::Engine;

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Evidence or reports, JSON or NDJSON; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t, env = "WHYCORS_FORMAT")]
    format: Format,
    /// Whose decision counts, and whose console wording is shown first
    #[arg(long, value_enum, default_value_t)]
    browser: Browser,
    /// Write there (atomically) instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print signatures, tokens and cookies as they are
    #[arg(long)]
    show_secrets: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// One report, or the wrapper of `check` around several
    Json,
    /// One report a line, as each is ready
    Ndjson,
}

pub(crate) fn run(args: ReplayArgs, global: Global) -> Result<Exit, Trouble> {
    let engine = Engine::from(args.browser);
    let human = HumanOptions { verbose: global.verbose, quiet: global.quiet, engine, ..HumanOptions::default() };
    let mut printer = Printer { format: args.format, human, sink: Sink::open(args.output.as_ref())?, held: None, tally: Tally::default() };
    for path in &args.files {
        match replay(path, engine, args.show_secrets, &mut printer) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                complain(format_args!("cannot read {}: {error}", path.display()));
                printer.tally.unreadable += 1;
            }
            Ok(()) => {}
        }
    }
    if printer.tally.reports() == 0 && printer.tally.unreadable == 0 {
        return Err(Trouble::new("there is no evidence in it: expected an object with `ask` and `probes`, or one such object a line"));
    }
    printer.end()
}

fn replay(path: &Path, engine: Engine, show_secrets: bool, printer: &mut Printer) -> io::Result<()> {
    let mut input: Box<dyn BufRead> =
        if path.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)) };
    each(&mut input, &mut |item| match item {
        Item::Record(evidence) => {
            let mut report = report(*evidence, engine);
            if !show_secrets {
                report.redact();
            }
            printer.print(report)
        }
        Item::Unreadable(line, why) => {
            printer.tally.unreadable += 1;
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

/// Prints reports as they come.
struct Printer {
    format: Format,
    human: HumanOptions,
    sink: Sink,
    /// The first report of `--format json`, until it is known whether it stays alone.
    held: Option<Box<Report>>,
    tally: Tally,
}

#[derive(Default)]
struct Tally {
    allowed: usize,
    blocked: usize,
    inconclusive: usize,
    unreadable: usize,
}

impl Printer {
    fn print(&mut self, report: Report) -> io::Result<()> {
        match report.verdict.allowed {
            Some(true) => self.tally.allowed += 1,
            Some(false) => self.tally.blocked += 1,
            None => self.tally.inconclusive += 1,
        }
        match self.format {
            Format::Human => {
                if self.tally.reports() > 1 && self.human.quiet == 0 {
                    self.sink.write_all(b"\n")?;
                }
                self.sink.write_all(write(&report, &self.human).as_bytes())
            }
            Format::Ndjson => {
                serde_json::to_writer(&mut self.sink, &report)?;
                self.sink.write_all(b"\n")
            }
            Format::Json if self.tally.reports() == 1 => {
                self.held = Some(Box::new(report));
                Ok(())
            }
            Format::Json => {
                if let Some(first) = self.held.take() {
                    self.open_wrapper()?;
                    serde_json::to_writer(&mut self.sink, &first)?;
                }
                self.sink.write_all(b",\n")?;
                Ok(serde_json::to_writer(&mut self.sink, &report)?)
            }
        }
    }

    fn end(mut self) -> Result<Exit, Trouble> {
        let exit = self.tally.exit();
        match self.finish() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Trouble::new(format!("cannot write: {error}"))),
            _ => self.sink.close().map(|()| exit),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.format != Format::Json {
            return Ok(());
        }
        if let Some(only) = self.held.take() {
            serde_json::to_writer_pretty(&mut self.sink, &only)?;
            return self.sink.write_all(b"\n");
        }
        let Tally { allowed, blocked, inconclusive, unreadable } = self.tally;
        let total = self.tally.reports();
        let summary =
            json!({"total": total, "allowed": allowed, "blocked": blocked, "inconclusive": inconclusive, "unreadable": unreadable});
        if total == 0 {
            self.open_wrapper()?;
        }
        writeln!(self.sink, "\n],\n\"summary\": {summary}\n}}")
    }

    fn open_wrapper(&mut self) -> io::Result<()> {
        let tool = serde_json::to_string(&Tool::default())?;
        write!(self.sink, "{{\n\"schema_version\": \"{SCHEMA_VERSION}\",\n\"tool\": {tool},\n\"results\": [\n")
    }
}

impl Tally {
    fn reports(&self) -> usize {
        self.allowed + self.blocked + self.inconclusive
    }

    fn exit(&self) -> Exit {
        match self {
            Self { unreadable: 1.., .. } => Exit::Usage,
            Self { blocked: 1.., .. } => Exit::Blocked,
            Self { inconclusive: 1.., .. } => Exit::Inconclusive,
            _ => Exit::Ok,
        }
    }
}
