//! Many checks at once: bounded concurrency, shares of one host, a rate, back-off where a server asks for it, retries of
//! what was inconclusive. Knows neither files nor formats.

mod deal;
mod hosts;
mod queue;

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

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::sleep;
    use url::Url;

    use super::*;
    use crate::suite::Location;
    use crate::web::Origin;

    pub(super) fn check(host: &str) -> Check {
        let ask = Ask::get(Url::parse(&format!("https://{host}/")).unwrap(), Origin::null());
        Check { id: None, name: host.into(), ask, expect: None, timeout: None, at: Location::default() }
    }

    fn report(check: &Check, allowed: Option<bool>) -> Report {
        let mut report = unseen(check.ask.clone());
        report.verdict.allowed = allowed;
        report
    }

    fn lane(checks: impl IntoIterator<Item = Check>, limits: Limits) -> Lane {
        Lane::alone(Dealer::all(checks.into_iter().collect(), 1).remove(0), limits)
    }

    impl<F: FnMut(Done) -> bool> Results for F {
        fn take(&mut self, done: Done) -> bool {
            self(done)
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    type Probing = Pin<Box<dyn Future<Output = Report> + Send>>;

    /// A probe that takes ten milliseconds, and the most of them that were under way at once.
    fn counted() -> (impl Fn(Check) -> Probing + Clone, Arc<AtomicUsize>) {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let seen = most.clone();
        let probe = move |check: Check| -> Probing {
            let (now, most) = (now.clone(), most.clone());
            Box::pin(async move {
                most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                sleep(Duration::from_millis(10)).await;
                now.fetch_sub(1, Ordering::Relaxed);
                report(&check, Some(true))
            })
        };
        (probe, seen)
    }

    #[test]
    fn one_host_gets_no_more_than_its_share() {
        let (probe, most) = counted();
        let limits = Limits { jobs: 50, per_host: 3, ..Limits::default() };
        let mut count = 0;
        let all = runtime().block_on(lane((0..40).map(|_| check("a.example")), limits).run(probe, std::future::pending(), &mut |_| {
            count += 1;
            true
        }));
        assert!(all && count == 40 && most.load(Ordering::Relaxed) == 3);
    }

    #[test]
    fn lanes_share_their_places() {
        let (probe, most) = counted();
        let limits = Limits { jobs: 5, ..Limits::default() };
        let places = Places::new(limits);
        let work = async {
            let mut lanes = JoinSet::new();
            for checks in Dealer::all((0..60).map(|n| check(&format!("h{n}.example"))).collect(), 3) {
                let (lane, probe) = (Lane { checks, limits, places: places.clone() }, probe.clone());
                lanes.spawn_local(async move {
                    let mut count = 0;
                    let mut take = |_| {
                        count += 1;
                        true
                    };
                    assert!(lane.run(probe, std::future::pending(), &mut take).await);
                    count
                });
            }
            lanes.join_all().await.into_iter().sum::<usize>()
        };
        assert_eq!(runtime().block_on(tokio::task::LocalSet::new().run_until(work)), 60);
        assert_eq!(most.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn a_lane_ends_whenever_its_checks_do() {
        let ending = |pause: u64| async move {
            let (sender, checks) = mpsc::channel(1);
            let feed = async move {
                sleep(Duration::from_millis(pause)).await;
                sender.send(vec![Numbered { number: 0, check: check("a.example") }]).await.unwrap();
                sleep(Duration::from_millis(pause)).await;
            };
            let probe = |check: Check| async move {
                sleep(Duration::from_millis(5)).await;
                report(&check, Some(true))
            };
            let mut take = |_| true;
            let lane = Lane::alone(checks, Limits::default()).run(probe, std::future::pending(), &mut take);
            tokio::join!(tokio::time::timeout(Duration::from_secs(9), lane), feed).0
        };
        for pause in [0, 1, 5, 9] {
            assert_eq!(runtime().block_on(ending(pause)), Ok(true), "{pause}");
        }
        let mut take = |_| true;
        let nothing = lane([], Limits::default()).run(|check| async move { report(&check, None) }, std::future::pending(), &mut take);
        assert!(runtime().block_on(nothing));
    }

    #[test]
    fn silent_servers_do_not_hold_places_that_others_could_use() {
        let probe = |check: Check| async move {
            sleep(if check.name.starts_with("silent") { Duration::from_secs(10) } else { Duration::from_millis(1) }).await;
            report(&check, Some(true))
        };
        let checks = (0..8).map(|n| check(&format!("silent{n}.example"))).chain((0..20).map(|n| check(&format!("h{n}.example"))));
        let mut order = Vec::new();
        let limits = Limits { jobs: 4, ..Limits::default() };
        runtime().block_on(lane(checks, limits).run(probe, std::future::pending(), &mut |d: Done| {
            order.push(d.check.name);
            true
        }));
        assert!(order[..20].iter().all(|n| n.starts_with('h')) && order.len() == 28, "{order:?}");
    }

    #[test]
    fn only_inconclusive_checks_are_tried_again() {
        let probe = |check: Check| async move { report(&check, (check.name == "a").then_some(false)) };
        let mut attempts = Vec::new();
        let limits = Limits { retries: 2, ..Limits::default() };
        runtime().block_on(lane([check("a"), check("b")], limits).run(probe, std::future::pending(), &mut |d: Done| {
            attempts.push((d.check.name, d.attempts));
            true
        }));
        attempts.sort();
        assert_eq!(attempts, [("a".to_owned(), 1), ("b".to_owned(), 3)]);
    }

    #[test]
    fn a_check_that_breaks_down_is_inconclusive_and_frees_its_host() {
        let probe = |check: Check| async move {
            assert!(!check.name.starts_with("broken"), "a library that panics");
            report(&check, Some(true))
        };
        let mut seen = Vec::new();
        let limits = Limits { per_host: 1, ..Limits::default() };
        let checks = ["broken.example", "broken.example", "fine.example"].map(check);
        let all = runtime().block_on(lane(checks, limits).run(probe, std::future::pending(), &mut |d: Done| {
            seen.push((d.number, d.report.verdict.allowed));
            true
        }));
        seen.sort_unstable();
        assert!(all);
        assert_eq!(seen, [(0, None), (1, None), (2, Some(true))]);
    }

    #[test]
    fn a_rate_is_kept_and_a_stop_ends_it() {
        let probe = |check: Check| async move { report(&check, Some(true)) };
        let limits = Limits { rate: Some(10.0), ..Limits::default() };
        let mut count = 0;
        let stop = async { sleep(Duration::from_millis(950)).await };
        let all = runtime().block_on(lane((0..1000).map(|_| check("a")), limits).run(probe, stop, &mut |_| {
            count += 1;
            true
        }));
        assert!(!all && (9..=11).contains(&count), "{count}");
    }
}
