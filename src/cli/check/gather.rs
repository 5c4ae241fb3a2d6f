//! Takes results in as they come: streams them where the form allows it, else keeps them for the end.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::CheckArgs;
use super::feed::Feed;
use crate::batch::Done;
use crate::cli::format::Format;
use crate::cli::output::{Trouble, complain};
use crate::cli::records;
use crate::cli::sink::Sink;
use crate::cli::{Exit, Global};
use crate::report::human::HumanOptions;
use crate::report::{Batch, Checked, Entry, Known, Summary, checklist};
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
            Some(Stream { format, sink: Sink::open(args.output.output.as_ref())?, options: args.output.human_options(global, engine), broken: None })
        } else {
            None
        };
        Ok(Self {
            begun: Instant::now(),
            entries: Vec::new(),
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
        let number = done.number;
        let mut entry = entry(done);
        self.count(&entry);
        let failed = entry.failed();
        let Some(stream) = &mut self.stream else {
            self.entries.retain(|(_, known)| known.check != entry.check || known.report.ask != entry.report.ask);
            self.entries.push((number, entry));
            return failed;
        };
        if !self.show_secrets {
            entry.redact();
        }
        stream.print(&entry, self.global);
        if failed && stream.format == Format::Human && self.entries.len() < KEPT {
            self.entries.push((number, entry));
        }
        // Whoever reads has gone: no reason to go on.
        failed || stream.broken.is_some()
    }

    fn count(&mut self, entry: &Entry) {
        let summary = &mut self.summary;
        summary.total += 1;
        match entry.report.verdict.allowed {
            Some(true) => summary.allowed += 1,
            Some(false) => summary.blocked += 1,
            None => summary.inconclusive += 1,
        }
        match entry.check.as_ref().and_then(|c| c.met) {
            Some(true) => summary.met += 1,
            Some(false) => summary.unmet += 1,
            None => {}
        }
        self.failed |= entry.failed();
    }
}
