//! Takes results in as they come: streams them where the form allows it, else keeps them for the end.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::CheckArgs;
use super::feed::Feed;
use crate::batch::Done;
use crate::cli::format::Format;
use crate::cli::output::Trouble;
use crate::cli::sink::Sink;
use crate::cli::{Exit, Global};
use crate::report::human::HumanOptions;
use crate::report::{Batch, Checked, Entry, Known, Summary, checklist, json};
use crate::suite::Check;
use crate::verdict::Engine;

/// Lines of fleets that could not be read.
pub(super) static UNREADABLE: AtomicUsize = AtomicUsize::new(0);
/// Failures of a streamed fleet that are kept to be told in full.
const KEPT: usize = 20;

/// What was gathered so far.
pub(super) struct Gather {
    begun: Instant,
    entries: Vec<(usize, Entry)>,
    /// Numbers of the first round, for the checks of a later one.
    numbers: Vec<usize>,
    failed: bool,
    summary: Summary,
    total: Option<u64>,
    stream: Option<Stream>,
    show_secrets: bool,
    engine: Engine,
    global: Global,
}

struct Stream {
    format: Format,
    sink: Sink,
    options: HumanOptions,
    broken: Option<io::Error>,
}

impl Gather {
    pub(super) fn new(args: &CheckArgs, feed: &Feed, global: Global, engine: Engine) -> Result<Self, Trouble> {
        let format = args.output.format;
        let alone = args.output.also.is_empty() && args.baseline.is_none() && args.wait.is_none();
        let streamed = alone && (format == Format::Ndjson || format == Format::Human && feed.streams());
        let stream = if streamed {
            Some(Stream {
                format,
                sink: Sink::open(args.output.output.as_ref())?,
                options: args.output.human_options(global, engine),
                broken: None,
            })
        } else {
            None
        };
        Ok(Self {
            begun: Instant::now(),
            entries: Vec::new(),
            numbers: Vec::new(),
            failed: false,
            summary: Summary::default(),
            total: (!feed.streams()).then(|| feed.checks().len() as u64),
            stream,
            show_secrets: args.output.show_secrets,
            engine,
            global,
        })
    }

    /// How many results there will be, where that is known.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Takes one result; gives whether it is a failure.
    pub(super) fn take(&mut self, done: Done) -> bool {
        let number = self.numbers.get(done.number).copied().unwrap_or(done.number);
        let mut entry = entry(done);
        self.summary.count(&entry);
        self.failed |= entry.failed();
        let failed = entry.failed();
        let Some(stream) = &mut self.stream else {
            self.entries.push((number, entry));
            return failed;
        };
        stream.hide(entry.report.is_authenticated());
        if !self.show_secrets {
            entry.redact();
        }
        stream.print(&entry, self.global);
        if failed && stream.format == Format::Human && self.entries.len() < KEPT {
            self.entries.push((number, entry));
        }
        failed
    }

    /// Whether whoever read the results has gone: no reason to go on.
    pub(super) fn is_unheard(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.broken.is_some())
    }

    /// Drops the results that are not as expected, and gives their checks out of the list for another round.
    pub(super) fn unmet(&mut self, list: &[Check]) -> Vec<Check> {
        let open = |entry: &Entry| entry.failed() || entry.report.verdict.allowed.is_none();
        self.numbers = self.entries.iter().filter(|(_, e)| open(e)).map(|(number, _)| *number).collect();
        self.numbers.sort_unstable();
        let again: Vec<Check> = self.numbers.iter().filter_map(|number| list.get(*number).cloned()).collect();
        if !again.is_empty() {
            self.entries.retain(|(_, entry)| !open(entry));
        }
        again
    }

    /// Tells what was gathered; gives the exit status.
    pub(super) fn finish(mut self, args: &CheckArgs) -> Result<Exit, Trouble> {
        self.entries.sort_by_key(|(number, _)| *number);
        let entries: Vec<Entry> = std::mem::take(&mut self.entries).into_iter().map(|(_, entry)| entry).collect();
        let duration_ms = Some(self.begun.elapsed().as_secs_f64() * 1000.0);
        let (failed, inconclusive) = if let Some(stream) = self.stream.take() {
            let summary = Summary { duration_ms, ..self.summary };
            stream.end(&entries, &summary, self.global)?;
            (self.failed, summary.inconclusive > 0)
        } else {
            let mut batch = Batch::of(entries, duration_ms);
            batch.changes = args.baseline.as_deref().map(baseline).transpose()?.map(|known| known.compare(&batch));
            let ending = (batch.results.iter().any(Entry::failed), batch.summary.inconclusive > 0);
            args.output.emit(batch, self.global, self.engine)?;
            ending
        };
        Ok(match UNREADABLE.load(Ordering::Relaxed) {
            0 if failed => Exit::Blocked,
            0 if inconclusive => Exit::Inconclusive,
            0 => Exit::Ok,
            _ => Exit::Usage,
        })
    }
}

impl Stream {
    /// Keeps what follows from others, where it has to be.
    fn hide(&mut self, authenticated: bool) {
        if authenticated && let Err(error) = self.sink.hide() {
            self.broken.get_or_insert(error);
        }
    }

    fn print(&mut self, entry: &Entry, global: Global) {
        let written = match self.format {
            Format::Human if global.quiet > 0 => Ok(()),
            Format::Human => self.sink.write_all(checklist::line(entry).as_bytes()),
            _ => self.sink.write_all(json::line(entry).as_bytes()),
        };
        // Somebody may be reading along: a result is worth more now than later.
        if let Err(error) = written.and_then(|()| self.sink.flush()) {
            self.broken.get_or_insert(error);
        }
    }

    fn end(mut self, failures: &[Entry], summary: &Summary, global: Global) -> Result<(), Trouble> {
        match self.broken {
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Some(error) => return Err(Trouble::new(format!("cannot write the results: {error}"))),
            None => {}
        }
        if self.format == Format::Human {
            let quiet = if global.quiet < 2 { checklist::summary(summary) } else { String::new() };
            let text = format!("{}{quiet}", checklist::failures(failures, &self.options));
            self.sink.write_all(text.as_bytes()).map_err(|e| Trouble::new(format!("cannot write the results: {e}")))?;
        }
        self.sink.close()
    }
}

fn entry(done: Done) -> Entry {
    let now = done.report.taken_at().unwrap_or_default();
    let met = done.check.expect.as_ref().map(|expect| expect.judge(&done.report, now));
    let mut shortfalls = met.as_ref().map(|m| m.shortfalls.clone()).unwrap_or_default();
    if done.attempts > 1 {
        shortfalls.push(format!("tried {} times, because it was inconclusive", done.attempts));
    }
    let checked = Checked {
        name: done.check.name,
        expected: done.check.expect.map(|e| e.want.describe()),
        met: met.and_then(|m| m.met),
        shortfalls,
        location: Some(done.check.at),
    };
    Entry { report: done.report, check: Some(checked) }
}

/// The results of an earlier run.
fn baseline(file: &Path) -> Result<Known, Trouble> {
    let mut known = Known::default();
    for batch in super::merge::batches(file)? {
        known.learn(&batch.results);
    }
    Ok(known)
}
