//! Prints any number of reports in flat memory: a few are held and told together, more are told as they come.

use std::io::{self, Write};

use super::Global;
use super::format::{Format, OutputArgs};
use super::output::Trouble;
use super::sink::Sink;
use crate::report::human::HumanOptions;
use crate::report::{Batch, Entry, Report, SCHEMA_VERSION, Summary, Tool, checklist, json};
use crate::verdict::Engine;

/// Reports that are held for a common page or object; from there on each is printed by itself.
const HELD: usize = 256;

/// Failures that people are told in full.
const IN_FULL: usize = 20;

/// Where the reports of a stream go.
pub(crate) struct Printer {
    output: OutputArgs,
    global: Global,
    engine: Engine,
    held: Vec<Entry>,
    stream: Option<Stream>,
    summary: Summary,
}

/// What is open once reports are printed as they come.
struct Stream {
    sink: Sink,
    human: HumanOptions,
    /// The first failures, for the end of a page.
    failures: Vec<Entry>,
    /// For one line at a time.
    room: Vec<u8>,
    /// Whether the list has an item.
    begun: bool,
}

impl Printer {
    /// Opens the output where nothing has to be held.
    pub(crate) fn new(output: OutputArgs, global: Global, engine: Engine) -> Result<Self, Trouble> {
        output.check()?;
        let mut printer = Self { output, global, engine, held: Vec::new(), stream: None, summary: Summary::default() };
        if printer.output.format == Format::Ndjson && printer.output.also.is_empty() {
            printer.stream = Some(printer.begin()?);
        }
        Ok(printer)
    }

    /// Numbers so far.
    pub(crate) fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Takes a report.
    pub(crate) fn print(&mut self, report: Report) -> io::Result<()> {
        let entry = Entry { report, check: None };
        self.summary.count(&entry);
        if self.stream.is_some() {
            return self.write(entry);
        }
        self.held.push(entry);
        // Another form of the same run, or a form that is one whole, needs them all.
        let can_stream = self.output.also.is_empty() && matches!(self.output.format, Format::Human | Format::Json | Format::Ndjson);
        if self.held.len() <= HELD || !can_stream {
            return Ok(());
        }
        self.stream = Some(self.begin().map_err(|trouble| io::Error::other(trouble.to_string()))?);
        std::mem::take(&mut self.held).into_iter().try_for_each(|entry| self.write(entry))
    }

    /// Tells what is held, and ends the output of everything, or of what came before a stop.
    pub(crate) fn end(mut self, all: bool) -> Result<(), Trouble> {
        self.summary.complete = all;
        let Some(stream) = self.stream.take() else {
            let batch = Batch::of_asks(self.held, None).complete(all);
            return if batch.results.is_empty() { Ok(()) } else { self.output.emit(batch, self.global, self.engine) };
        };
        let Stream { mut sink, human, failures, .. } = stream;
        let last = match self.output.format {
            Format::Json => {
                let summary = serde_json::to_string(&self.summary).unwrap_or_default();
                write!(sink, "\n],\n\"summary\": {summary}\n}}\n")
            }
            Format::Human if human.quiet < 2 => {
                write!(sink, "{}{}", checklist::failures(&failures, &human), checklist::summary(&self.summary))
            }
            _ => Ok(()),
        };
        match last {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(trouble(&error)),
            _ => sink.close(),
        }
    }

    fn begin(&self) -> Result<Stream, Trouble> {
        let mut sink = Sink::open(self.output.output.as_ref())?;
        if self.output.format == Format::Json {
            let tool = serde_json::to_string(&Tool::default()).unwrap_or_default();
            write!(sink, "{{\n\"schema_version\": \"{SCHEMA_VERSION}\",\n\"tool\": {tool},\n\"results\": [").map_err(|e| trouble(&e))?;
        }
        let human = self.output.human_options(self.global, self.engine);
        Ok(Stream { sink, human, failures: Vec::new(), room: Vec::new(), begun: false })
    }

    fn write(&mut self, mut entry: Entry) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        if entry.report.is_authenticated() {
            stream.sink.hide()?;
        }
        if !self.output.show_secrets {
            entry.redact();
        }
        match self.output.format {
            Format::Json => {
                stream.sink.write_all(if std::mem::replace(&mut stream.begun, true) { b",\n" } else { b"\n" })?;
                stream.sink.write_all(json::line(&entry, &mut stream.room).trim_end().as_bytes())?;
            }
            Format::Human => {
                if stream.human.quiet == 0 {
                    stream.sink.write_all(checklist::line(&entry).as_bytes())?;
                }
                if entry.failed() && stream.failures.len() < IN_FULL {
                    stream.failures.push(entry);
                }
            }
            _ => {
                stream.sink.write_all(json::line(&entry, &mut stream.room).as_bytes())?;
            }
        }
        Ok(())
    }
}

fn trouble(error: &io::Error) -> Trouble {
    Trouble::new(format!("cannot write: {error}"))
}
