//! Writes results as they come, on a thread of its own: the clocks of the probes do not wait for whoever reads along.

use std::io::{self, Write};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::cli::sink::Sink;

/// Pages that may wait for their reader; a lane that has more begins nothing new.
const WAITING: usize = 16;

/// Finished lines that are passed on together.
#[derive(Default)]
pub(super) struct Page {
    pub(super) lines: String,
    /// Whether they follow from an authenticated request, and are to be kept from others.
    pub(super) authenticated: bool,
}

/// The thread that writes.
pub(super) struct Scribe {
    pages: mpsc::Sender<Page>,
    thread: JoinHandle<io::Result<Sink>>,
}

/// Where a lane hands its pages in.
pub(super) struct Desk {
    pages: mpsc::Sender<Page>,
}

impl Scribe {
    pub(super) fn begin(mut sink: Sink) -> io::Result<Self> {
        let (pages, mut waiting) = mpsc::channel::<Page>(WAITING);
        let thread = thread::Builder::new().name("scribe".into()).spawn(move || {
            while let Some(page) = waiting.blocking_recv() {
                write(&mut sink, &page)?;
            }
            Ok(sink)
        })?;
        Ok(Self { pages, thread })
    }

    pub(super) fn desk(&self) -> Desk {
        Desk { pages: self.pages.clone() }
    }

    /// Whether whoever read the results has gone.
    pub(super) fn is_unheard(&self) -> bool {
        self.pages.is_closed()
    }

    /// Waits until everything is written; gives the place back.
    pub(super) fn end(self) -> io::Result<Sink> {
        drop(self.pages);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that writes broke down")))
    }
}

impl Desk {
    /// Takes the page if there is room for it. False when nobody reads any more.
    pub(super) fn offer(&self, page: &mut Page) -> bool {
        if page.lines.is_empty() {
            return !self.pages.is_closed();
        }
        match self.pages.try_send(std::mem::take(page)) {
            Ok(()) => true,
            Err(TrySendError::Full(back)) => {
                *page = back;
                true
            }
            Err(TrySendError::Closed(_)) => false,
        }
    }

    /// Waits until there is room for the page. False when nobody reads any more.
    pub(super) async fn hand_in(&self, page: &mut Page) -> bool {
        let Ok(room) = self.pages.reserve().await else { return false };
        room.send(std::mem::take(page));
        true
    }
}

fn write(sink: &mut Sink, page: &Page) -> io::Result<()> {
    if page.authenticated {
        sink.hide()?;
    }
    sink.write_all(page.lines.as_bytes())?;
    // Somebody may be reading along: a result is worth more now than later.
    sink.flush()
}
