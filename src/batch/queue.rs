//! What begins next: the first waiting check whose host has room, not before the rate allows it.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::hosts::Hosts;
use super::{Limits, Waiting};
use crate::suite::Check;

/// What to do now.
pub(super) enum Next {
    /// Begin this.
    Start(Waiting),
    /// Nothing before this instant.
    At(Instant),
    /// Nothing until something ends.
    Full,
    /// Nothing more is waiting.
    Empty,
}

/// Checks that were read but have not begun; more are read only while there is room, so memory stays flat.
pub(super) struct Queue<I> {
    source: std::iter::Enumerate<I>,
    waiting: VecDeque<Waiting>,
    hosts: Hosts,
    limits: Limits,
    not_before: Option<Instant>,
}

/// Checks read ahead, for each that may run: enough to find one of another host.
const AHEAD: usize = 4;
/// Between two tries of an inconclusive check.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

impl<I: Iterator<Item = Check>> Queue<I> {
    pub(super) fn new(source: I, limits: Limits) -> Self {
        Self { source: source.enumerate(), waiting: VecDeque::new(), hosts: Hosts::new(limits.per_host), limits, not_before: None }
    }

    pub(super) fn next(&mut self, now: Instant) -> Next {
        self.read_ahead(now);
        if self.waiting.is_empty() {
            return Next::Empty;
        }
        if let Some(instant) = self.not_before.filter(|i| *i > now) {
            return Next::At(instant);
        }
        let ready = self.waiting.iter().position(|w| w.not_before <= now && self.hosts.has_room(&w.check, now));
        let Some(waiting) = ready.and_then(|index| self.waiting.remove(index)) else {
            let soonest = self.waiting.iter().filter_map(|w| self.hosts.free_at(&w.check).map(|at| at.max(w.not_before))).min();
            return soonest.filter(|at| *at > now).map_or(Next::Full, Next::At);
        };
        self.hosts.begin(&waiting.check);
        self.not_before =
            self.limits.rate.map(|rate| self.not_before.unwrap_or(now).max(now) + Duration::from_secs_f64(1.0 / rate.max(0.001)));
        Next::Start(waiting)
    }

    /// A check has ended; `pause` is what its host asked for.
    pub(super) fn finished(&mut self, check: &Check, pause: Option<Duration>, now: Instant) {
        self.hosts.end(check, pause, now);
    }

    /// It will be tried once more.
    pub(super) fn again(&mut self, mut waiting: Waiting, now: Instant) {
        waiting.not_before = now + RETRY_PAUSE;
        self.waiting.push_back(waiting);
    }

    fn read_ahead(&mut self, now: Instant) {
        while self.waiting.len() < self.limits.jobs.max(1) * AHEAD {
            let Some((number, check)) = self.source.next() else { return };
            self.waiting.push_back(Waiting { number, check, attempts: 0, not_before: now });
        }
    }
}
