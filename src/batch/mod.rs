//! Many checks at once: bounded concurrency, shares of one host, a rate, back-off where a server asks for it, retries of
//! what was inconclusive. Knows neither files nor formats.

mod hosts;
mod queue;

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

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

/// Works through `checks` as they arrive; each result goes to `done` as it comes, which may stop the batch by `false`.
/// Gives whether all were done; `stop` resolving ends it early.
pub async fn run<F, Fut>(
    checks: mpsc::Receiver<Check>,
    limits: Limits,
    probe: F,
    stop: impl Future<Output = ()>,
    mut done: impl FnMut(Done) -> bool,
) -> bool
where
    F: Fn(Check) -> Fut,
    Fut: Future<Output = Report> + Send + 'static,
{
    let mut queue = Queue::new(checks, limits);
    let mut tasks: JoinSet<(Waiting, Report)> = JoinSet::new();
    let (slow, mut slowed) = mpsc::unbounded_channel::<usize>();
    let mut silent: Vec<usize> = Vec::new();
    tokio::pin!(stop);
    loop {
        let working = tasks.len().saturating_sub(silent.len());
        let room = working < limits.jobs && silent.len() <= limits.jobs.saturating_mul(SILENT);
        let next = if room { queue.next(Instant::now()) } else { Next::Full };
        let pause = match next {
            Next::Start(waiting) => {
                tasks.spawn(attempt(waiting, &probe, slow.clone()));
                continue;
            }
            Next::At(instant) => Some(instant),
            Next::Empty if tasks.is_empty() && queue.ended() => return true,
            Next::Full | Next::Empty => None,
        };
        tokio::select! {
            biased;
            () = &mut stop => return false,
            Some(number) = slowed.recv() => silent.push(number),
            Some(result) = tasks.join_next() => {
                // A task ends by itself; the only other end is a panic inside a library, which costs its check alone.
                let Ok((waiting, report)) = result else { continue };
                silent.retain(|n| *n != waiting.number);
                queue.finished(&waiting.check, asked_pause(&report), Instant::now());
                if report.verdict.allowed.is_none() && waiting.attempts <= limits.retries {
                    queue.again(waiting, Instant::now());
                } else if !done(Done { number: waiting.number, check: waiting.check, report, attempts: waiting.attempts }) {
                    return false;
                }
            }
            () = queue.receive(), if room && queue.wants_more() => {}
            () = sleep_until(pause.unwrap_or_else(Instant::now)), if pause.is_some() => {}
        }
    }
}

fn attempt<F, Fut>(
    mut waiting: Waiting,
    probe: &F,
    slow: mpsc::UnboundedSender<usize>,
) -> impl Future<Output = (Waiting, Report)> + Send + 'static
where
    F: Fn(Check) -> Fut,
    Fut: Future<Output = Report> + Send + 'static,
{
    waiting.attempts += 1;
    let work = probe(waiting.check.clone());
    async move {
        tokio::pin!(work);
        let report = tokio::select! {
            report = &mut work => report,
            () = sleep(SLOW) => {
                // Nobody listens any more only when the batch has ended.
                let _ = slow.send(waiting.number);
                work.await
            }
        };
        (waiting, report)
    }
}

/// The pause that the answers of a report ask for: a 429 or 503, with or without `Retry-After`.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>.
fn asked_pause(report: &Report) -> Option<Duration> {
    let mut responses = report.probes.iter().filter_map(|p| p.response.as_ref());
    let busy = responses.rfind(|r| matches!(r.status, 429 | 503))?;
    let asked = busy.header("retry-after").and_then(|v| v.trim().parse().ok()).map(Duration::from_secs);
    Some(asked.unwrap_or(Duration::ZERO).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use url::Url;

    use super::*;
    use crate::ask::Ask;
    use crate::inquiry::{Budget, Inquiry};
    use crate::suite::Location;
    use crate::web::Origin;

    fn check(host: &str) -> Check {
        let ask = Ask::get(Url::parse(&format!("https://{host}/")).unwrap(), Origin::null());
        Check { id: None, name: host.into(), ask, expect: None, timeout: None, at: Location::default() }
    }

    fn report(check: &Check, allowed: Option<bool>) -> Report {
        let mut report = Report::of(Inquiry::new(check.ask.clone(), Budget { max_probes: 0, ..Budget::default() }, 0).conclude(), None);
        report.verdict.allowed = allowed;
        report
    }

    fn queue(checks: impl IntoIterator<Item = Check>) -> mpsc::Receiver<Check> {
        let (sender, receiver) = mpsc::channel(1000);
        checks.into_iter().for_each(|check| sender.try_send(check).unwrap());
        receiver
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    #[test]
    fn one_host_gets_no_more_than_its_share() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (n, m) = (now.clone(), most.clone());
        let probe = move |check: Check| {
            let (now, most) = (n.clone(), m.clone());
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                sleep(Duration::from_millis(10)).await;
                now.fetch_sub(1, Ordering::Relaxed);
                report(&check, Some(true))
            }
        };
        let limits = Limits { jobs: 50, per_host: 3, ..Limits::default() };
        let mut count = 0;
        let all = runtime().block_on(run(queue((0..40).map(|_| check("a.example"))), limits, probe, std::future::pending(), |_| {
            count += 1;
            true
        }));
        assert!(all && count == 40 && most.load(Ordering::Relaxed) == 3);
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
        runtime().block_on(run(queue(checks), limits, probe, std::future::pending(), |d| {
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
        runtime().block_on(run(queue([check("a"), check("b")]), limits, probe, std::future::pending(), |d| {
            attempts.push((d.check.name, d.attempts));
            true
        }));
        attempts.sort();
        assert_eq!(attempts, [("a".to_owned(), 1), ("b".to_owned(), 3)]);
    }

    #[test]
    fn a_rate_is_kept_and_a_stop_ends_it() {
        let probe = |check: Check| async move { report(&check, Some(true)) };
        let limits = Limits { rate: Some(10.0), ..Limits::default() };
        let mut count = 0;
        let all = runtime().block_on(run(
            queue((0..1000).map(|_| check("a"))),
            limits,
            probe,
            async { sleep(Duration::from_millis(950)).await },
            |_| {
                count += 1;
                true
            },
        ));
        assert!(!all && (9..=11).contains(&count), "{count}");
    }
}
