//! Takes results in as they come: streams them where the form allows it, else keeps them for the end.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::CheckArgs;
use super::feed::Feed;
use super::scribe::{Desk, Page, Scribe};
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
/// Failures of a streamed fleet that are kept to be told in full, with what is inconclusive.
const KEPT: usize = 20;

/// What was gathered so far, by all lanes.
pub(super) struct Gather {
    begun: Instant,
    total: Option<u64>,
    /// How results are printed as they come.
    streamed: Option<Format>,
    /// Whether all are told at the end, in a form that is one whole.
    kept: bool,
    show_secrets: bool,
    engine: Engine,
    global: Global,
    /// The results of an earlier run.
    baseline: Option<Known>,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    /// The last result of each check.
    entries: BTreeMap<usize, Entry>,
    /// Numbers of the first round, for the checks of a later one.
    numbers: Vec<usize>,
    failed: bool,
    summary: Summary,
    stream: Option<Stream>,
}

struct Stream {
    format: Format,
    scribe: Scribe,
    options: HumanOptions,
}

/// What one lane has found since it last passed it on.
#[derive(Default)]
pub(super) struct Sheaf {
    entries: Vec<(usize, Entry)>,
    failed: bool,
    summary: Summary,
    /// What is to be printed; stays until there is room for it.
    pub(super) page: Page,
    /// For one line at a time.
    room: Vec<u8>,
}

impl Gather {
    pub(super) fn new(args: &CheckArgs, feed: &Feed, global: Global, engine: Engine) -> Result<Self, Trouble> {
        // Before anything is sent: a run is not to be lost over a file that cannot be read.
        let baseline = args.baseline.as_deref().map(baseline).transpose()?;
        let format = args.output.format;
        let alone = args.output.also.is_empty();
        let once = args.baseline.is_none() && args.wait.is_none();
        let streamed = once && (format == Format::Ndjson || format == Format::Human && alone && feed.streams());
        let mut found = Found::default();
        if streamed {
            let (sink, options) = (Sink::open(args.output.output.as_ref())?, args.output.human_options(global, engine));
            let scribe = Scribe::begin(sink).map_err(|e| Trouble::new(format!("the system gives no thread to write with: {e}")))?;
            found.stream = Some(Stream { format, scribe, options });
        }
        Ok(Self {
            begun: Instant::now(),
            total: (!feed.streams()).then(|| feed.checks().len() as u64),
            streamed: streamed.then_some(format),
            kept: !streamed || !alone,
            show_secrets: args.output.show_secrets,
            engine,
            global,
            baseline,
            found: Mutex::new(found),
        })
    }

    /// How many results there will be, where that is known.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Takes one result in, ready to be passed on; gives whether it is a failure.
    pub(super) fn take(&self, done: Done, sheaf: &mut Sheaf) -> bool {
        let number = done.number;
        let mut entry = entry(done);
        let failed = entry.failed();
        sheaf.failed |= failed;
        sheaf.summary.count(&entry);
        let Some(format) = self.streamed else {
            sheaf.entries.push((number, entry));
            return failed;
        };
        let whole = self.kept.then(|| entry.clone());
        sheaf.page.authenticated |= entry.report.is_authenticated();
        if !self.show_secrets {
            entry.redact();
        }
        match format {
            Format::Human if self.global.quiet > 0 => {}
            Format::Human => sheaf.page.lines.push_str(&checklist::line(&entry)),
            _ => sheaf.page.lines.push_str(&json::line(&entry, &mut sheaf.room)),
        }
        if whole.is_some() || format == Format::Human && (failed || entry.is_open()) {
            sheaf.entries.push((number, whole.unwrap_or(entry)));
        }
        failed
    }

    /// Counts what a lane has found, and keeps what is told at the end.
    pub(super) fn store(&self, sheaf: &mut Sheaf) {
        let mut found = self.found();
        let Found { entries, numbers, failed, summary, .. } = &mut *found;
        *failed |= sheaf.failed;
        summary.add(&std::mem::take(&mut sheaf.summary));
        for (number, entry) in sheaf.entries.drain(..) {
            // What is inconclusive mostly is so for one reason: it leaves room for the failures.
            let room = if entry.failed() { KEPT } else { KEPT / 4 };
            if self.kept || entries.len() < room {
                entries.insert(numbers.get(number).copied().unwrap_or(number), entry);
            }
        }
    }

    /// Where a lane's lines go, if they are printed as they come.
    pub(super) fn desk(&self) -> Option<Desk> {
        self.found().stream.as_ref().map(|stream| stream.scribe.desk())
    }

    /// Whether whoever read the results has gone: no reason to go on.
    pub(super) fn is_unheard(&self) -> bool {
        self.found().stream.as_ref().is_some_and(|stream| stream.scribe.is_unheard())
    }

    /// Whether no result came at all.
    pub(super) fn is_empty(&self) -> bool {
        let found = self.found();
        found.entries.is_empty() && found.summary.total == 0
    }

    /// The checks of the list whose results are not as expected, for another round: its results replace theirs.
    pub(super) fn unmet(&self, list: &[Check]) -> Vec<Check> {
        let mut found = self.found();
        let open = |entry: &Entry| entry.failed() || entry.report.verdict.allowed.is_none();
        found.numbers = found.entries.iter().filter(|(_, entry)| open(entry)).map(|(number, _)| *number).collect();
        found.numbers.iter().filter_map(|number| list.get(*number).cloned()).collect()
    }

    /// Tells what was gathered, of all checks or of those that came before a stop; gives the exit status.
    pub(super) fn finish(&self, args: &CheckArgs, all: bool) -> Result<Exit, Trouble> {
        let Found { entries, failed, summary, stream, .. } = std::mem::take(&mut *self.found());
        let entries: Vec<Entry> = entries.into_values().collect();
        let duration_ms = Some(self.begun.elapsed().as_secs_f64() * 1000.0);
        let (failed, inconclusive) = if let Some(stream) = stream {
            let summary = Summary { duration_ms, complete: all, ..summary };
            stream.end(&entries, &summary, self.global)?;
            args.output.emit_besides(Batch::of(entries, duration_ms).complete(all), self.engine)?;
            (failed, summary.is_open())
        } else {
            let mut batch = Batch::of(entries, duration_ms).complete(all);
            batch.changes = self.baseline.as_ref().map(|known| known.compare(&batch));
            let ending = (batch.results.iter().any(Entry::failed), batch.summary.is_open());
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

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn end(self, failures: &[Entry], summary: &Summary, global: Global) -> Result<(), Trouble> {
        let mut sink = match self.scribe.end() {
            Ok(sink) => sink,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(Trouble::new(format!("cannot write the results: {error}"))),
        };
        if self.format == Format::Human {
            let quiet = if global.quiet < 2 { checklist::summary(summary) } else { String::new() };
            let text = format!("{}{quiet}", checklist::failures(failures, &self.options));
            sink.write_all(text.as_bytes()).map_err(|e| Trouble::new(format!("cannot write the results: {e}")))?;
        }
        sink.close()
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
    known.learn(&super::reports::read(file)?.results);
    Ok(known)
}
