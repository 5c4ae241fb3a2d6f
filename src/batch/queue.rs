//! What begins next: the first waiting check whose host has room, not before the rate allows it.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::time::Instant;

use super::hosts::Hosts;
use super::{Limits, Numbered, Waiting};
use crate::suite::Check;

/// What to do now.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is returned")]
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
pub(super) struct Queue {
    source: mpsc::Receiver<Vec<Numbered>>,
    ended: bool,
    waiting: VecDeque<Waiting>,
    hosts: Hosts,
    limits: Limits,
    not_before: Option<Instant>,
}

/// Checks read ahead, for each that may run: enough to find one of another host.
const AHEAD: usize = 4;
/// Between two tries of an inconclusive check.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

impl Queue {
    pub(super) fn new(source: mpsc::Receiver<Vec<Numbered>>, limits: Limits) -> Self {
        Self { source, ended: false, waiting: VecDeque::new(), hosts: Hosts::new(limits.per_host), limits, not_before: None }
    }

    pub(super) fn next(&mut self, now: Instant) -> Next {
        self.read_ahead();
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

    /// Whether none waits and nothing more will arrive.
    pub(super) fn is_done(&self) -> bool {
        self.ended && self.waiting.is_empty()
    }

    /// Whether none waits for its turn.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether there is room to read ahead.
    pub(super) fn wants_more(&self) -> bool {
        !self.ended && self.waiting.len() < self.limits.jobs.max(1) * AHEAD
    }

    /// Waits for the next check to arrive.
    pub(super) async fn receive(&mut self) {
        match self.source.recv().await {
            Some(hand) => self.push(hand),
            None => self.ended = true,
        }
    }

    fn read_ahead(&mut self) {
        while self.wants_more() {
            match self.source.try_recv() {
                Ok(hand) => self.push(hand),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => self.ended = true,
            }
        }
    }

    fn push(&mut self, hand: Vec<Numbered>) {
        let not_before = Instant::now();
        self.waiting.extend(hand.into_iter().map(|Numbered { number, check }| Waiting { number, check, attempts: 0, not_before }));
    }
}
