//! Many checks at once: bounded concurrency, shares of one host, a rate, back-off where a server asks for it, retries of
//! what was inconclusive. Knows neither files nor formats.

mod deal;
mod hosts;
mod queue;
#[cfg(test)]
mod tests;

pub use deal::Dealer;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use crate::ask::Ask;
use crate::inquiry::{Budget, Inquiry};
use crate::report::Report;
use crate::suite::Check;
use queue::{Next, Queue};

/// The bounds of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Checks that are worked on at once. One that waits on a silent server gives its place to another after a second.
    pub jobs: usize,
    /// Of those, to one host.
    pub per_host: usize,
    /// Checks begun a second; no bound when absent.
    pub rate: Option<f64>,
    /// How often an inconclusive check is tried again.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { jobs: 64, per_host: 16, rate: None, retries: 0 }
    }
}

/// A check and its place in the input.
#[derive(Debug)]
pub struct Numbered {
    /// Its number, from 0.
    pub number: usize,
    /// The check.
    pub check: Check,
}

/// One finished check.
#[derive(Debug)]
pub struct Done {
    /// Its number in the input, from 0.
    pub number: usize,
    /// The check.
    pub check: Check,
    /// What came of it.
    pub report: Report,
    /// How often it was tried.
    pub attempts: u32,
}

/// Where the results of a lane go.
pub trait Results {
    /// Takes one result; false ends the lane.
    fn take(&mut self, done: Done) -> bool;

    /// All that is ready was taken: time to pass it on, as far as that needs no waiting. False ends the lane.
    fn rest(&mut self) -> bool {
        true
    }

    /// Whether something waits to be passed on; nothing new begins meanwhile.
    fn is_behind(&self) -> bool {
        false
    }

    /// Waits until all is passed on. False ends the lane.
    fn catch_up(&mut self) -> impl Future<Output = bool> {
        std::future::ready(true)
    }
}

/// One thread's part of a batch. Lanes share their places, nothing else: checks of one host belong into one lane.
#[derive(Debug)]
pub struct Lane {
    /// The checks, as they arrive.
    pub checks: mpsc::Receiver<Vec<Numbered>>,
    /// The bounds; a rate is kept by each lane for itself.
    pub limits: Limits,
    /// The places of all lanes together.
    pub places: Places,
}

/// Who may be worked on, counted over all lanes.
#[derive(Debug, Clone)]
pub struct Places {
    /// As many as [`Limits::jobs`].
    working: Arc<Semaphore>,
    /// For those that wait for a silent server.
    silent: Arc<Semaphore>,
}

impl Places {
    /// All places free.
    pub fn new(limits: Limits) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Self { working: places(limits.jobs), silent: places(limits.jobs.saturating_mul(SILENT)) }
    }
}

/// A check that waits for its turn.
#[derive(Debug)]
struct Waiting {
    number: usize,
    check: Check,
    attempts: u32,
    not_before: Instant,
}

/// A check that waits for an answer this long is not working: another may begin.
const SLOW: Duration = Duration::from_secs(1);
/// Silent checks that may be waited for besides the working ones, for each of those.
const SILENT: usize = 7;
/// The longest pause that a server can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Lane {
    /// A lane that has all places to itself.
    pub fn alone(checks: mpsc::Receiver<Vec<Numbered>>, limits: Limits) -> Self {
        Self { checks, limits, places: Places::new(limits) }
    }

    /// Works through the checks. Gives whether all were done; `stop` resolving ends it early.
    pub async fn run<F, Fut>(self, probe: F, stop: impl Future<Output = ()>, results: &mut impl Results) -> bool
    where
        F: Fn(Check) -> Fut,
        Fut: Future<Output = Report> + Send + 'static,
    {
        let all = self.work(probe, stop, results).await;
        // What was found is told, however it ended.
        (!results.is_behind() || results.catch_up().await) && all
    }

    async fn work<F, Fut>(self, probe: F, stop: impl Future<Output = ()>, results: &mut impl Results) -> bool
    where
        F: Fn(Check) -> Fut,
        Fut: Future<Output = Report> + Send + 'static,
    {
        let Places { working, silent } = self.places;
        let mut desk = Desk { queue: Queue::new(self.checks, self.limits), begun: HashMap::new(), retries: self.limits.retries, results };
        let mut tasks = JoinSet::new();
        let mut place = None;
        tokio::pin!(stop);
        loop {
            let mut next = Next::Full;
            // Decided where no place was had: one that another lane gives back meanwhile is to be taken up, not overlooked.
            let crowded = loop {
                if desk.results.is_behind() {
                    place = None;
                    break false;
                }
                place = place.or_else(|| Arc::clone(&working).try_acquire_owned().ok());
                let Some(free) = place.take() else { break !desk.queue.is_empty() };
                match desk.queue.next(Instant::now()) {
                    Next::Start(mut waiting) => {
                        waiting.attempts += 1;
                        let task = tasks.spawn(attempt(probe(waiting.check.clone()), free, Arc::clone(&silent)));
                        desk.begun.insert(task.id(), waiting);
                    }
                    // The place is given back: another lane may have use for it.
                    other => {
                        next = other;
                        break false;
                    }
                }
            };
            if desk.queue.is_done() && tasks.is_empty() {
                return true;
            }
            let pause = if let Next::At(instant) = next { Some(instant) } else { None };
            tokio::select! {
                biased;
                () = &mut stop => {
                    desk.results.rest();
                    return false;
                }
                Some(ended) = tasks.join_next_with_id() => {
                    let ready = std::iter::once(ended).chain(std::iter::from_fn(|| tasks.try_join_next_with_id()));
                    if !desk.settle(ready) {
                        return false;
                    }
                }
                wanted = desk.results.catch_up(), if desk.results.is_behind() => if !wanted {
                    return false;
                },
                () = desk.queue.receive(), if desk.queue.wants_more() => {}
                free = Arc::clone(&working).acquire_owned(), if crowded => place = free.ok(),
                () = sleep_until(pause.unwrap_or_else(Instant::now)), if pause.is_some() => {}
            }
        }
    }
}

/// What a lane knows of its checks.
struct Desk<'r, R> {
    queue: Queue,
    begun: HashMap<Id, Waiting>,
    retries: u32,
    results: &'r mut R,
}

impl<R: Results> Desk<'_, R> {
    /// Takes in what has ended; false when no more is wanted.
    fn settle(&mut self, ready: impl Iterator<Item = Result<(Id, Report), JoinError>>) -> bool {
        let mut wanted = true;
        for ended in ready {
            let (task, report) = ended.map_or_else(|error| (error.id(), None), |(task, report)| (task, Some(report)));
            let Some(waiting) = self.begun.remove(&task) else { continue };
            // A task ends by itself; the only other end is a panic inside a library, which costs what its check has seen.
            let report = report.unwrap_or_else(|| unseen(waiting.check.ask.clone()));
            self.queue.finished(&waiting.check, asked_pause(&report), Instant::now());
            if report.verdict.allowed.is_none() && waiting.attempts <= self.retries {
                self.queue.again(waiting, Instant::now());
            } else if wanted {
                let Waiting { number, check, attempts, .. } = waiting;
                wanted = self.results.take(Done { number, check, report, attempts });
            }
        }
        self.results.rest() && wanted
    }
}

fn attempt<Fut>(probe: Fut, place: OwnedSemaphorePermit, silent: Arc<Semaphore>) -> impl Future<Output = Report> + Send + 'static
where
    Fut: Future<Output = Report> + Send + 'static,
{
    // Much larger than what is around it, which is moved more than once.
    let mut work = Box::pin(probe);
    async move {
        if let Ok(report) = timeout(SLOW, work.as_mut()).await {
            return report;
        }
        let patience = silent.try_acquire_owned();
        let _place = patience.is_err().then_some(place);
        work.await
    }
}

/// The report of an ask of which nothing was seen: inconclusive.
fn unseen(ask: Ask) -> Report {
    Report::of(Inquiry::new(ask, Budget::default(), 0).conclude(), None)
}

/// The pause that the answers of a report ask for: a 429 or 503, with or without `Retry-After`.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>.
fn asked_pause(report: &Report) -> Option<Duration> {
    let mut responses = report.probes.iter().filter_map(|p| p.response.as_ref());
    let busy = responses.rfind(|r| matches!(r.status, 429 | 503))?;
    let asked = busy.retry_after(OffsetDateTime::now_utc().unix_timestamp());
    Some(asked.unwrap_or(Duration::ZERO).min(LONGEST_PAUSE))
}
