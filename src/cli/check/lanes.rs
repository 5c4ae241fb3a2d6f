//! The lanes of a run: each a thread with a runtime, names and connections of its own, so that no probe has to wake another core.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::feed::Hands;
use super::gather::{Gather, Sheaf};
use super::scribe::Desk;
use crate::batch::{Done, Lane, Limits, Places, Results};
use crate::cli::interrupt;
use crate::cli::progress::Progress;
use crate::inquiry::Budget;
use crate::probe::{Conduct, Options, Wiring, inquire};
use crate::report::Report;
use crate::suite::Check;

/// Lanes at most: so many outrun any network, and each needs memory.
const MOST: usize = 16;
/// Connections that each lane may hold, however many lanes share them.
const FEWEST: usize = 16;

/// How many lanes a run may have.
pub(super) fn most() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST)
}

/// One round over the checks.
pub(super) struct Round {
    pub(super) limits: Limits,
    pub(super) budget: Budget,
    /// Nothing goes over it; the lanes' own share its certificate authorities.
    pub(super) wiring: Arc<Wiring>,
    pub(super) gather: Arc<Gather>,
    pub(super) progress: Progress,
    pub(super) fail_fast: bool,
    pub(super) stop: watch::Receiver<bool>,
}

impl Round {
    /// Works through all lanes; gives whether everything was done.
    pub(super) async fn run(mut self, lanes: Vec<Hands>) -> bool {
        let options = self.wiring.options();
        let share = Options { connections: (options.connections / lanes.len().max(1)).max(FEWEST), ..options.clone() };
        self.wiring = Arc::new(self.wiring.beside(share));
        let round = Arc::new(self);
        let places = Places::new(round.limits);
        let (enough, _) = watch::channel(false);
        let lane = |checks| Lane { checks, limits: round.limits, places: places.clone() };
        let all = match <[Hands; 1]>::try_from(lanes) {
            Ok([only]) => round.work(lane(only), &enough).await,
            Err(lanes) => {
                let ends: Vec<_> = lanes.into_iter().map(|checks| Arc::clone(&round).begin(lane(checks), enough.clone())).collect();
                let mut all = true;
                for end in ends {
                    // A lane that broke down took its checks along.
                    all &= end.await.unwrap_or(false);
                }
                all
            }
        };
        round.progress.finish();
        all
    }

    /// Begins a lane on a thread of its own.
    fn begin(self: Arc<Self>, lane: Lane, enough: watch::Sender<bool>) -> oneshot::Receiver<bool> {
        let (sender, end) = oneshot::channel();
        let work = move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            let all = runtime.block_on(self.work(lane, &enough));
            runtime.shutdown_background();
            drop(self);
            // Nobody waits any more only when the run was given up.
            let _ = sender.send(all);
        };
        // Where the system gives no thread, the end of the lane comes at once.
        drop(thread::Builder::new().name("lane".into()).spawn(work));
        end
    }

    async fn work(&self, lane: Lane, enough: &watch::Sender<bool>) -> bool {
        let wirings = RefCell::new(Wirings { base: &self.wiring, made: HashMap::new() });
        let budget = self.budget;
        let probe = |check: Check| {
            let wiring = wirings.borrow_mut().of(check.timeout);
            let conduct = Conduct { id: check.id, ..Conduct::default() };
            async move {
                let run = inquire(check.ask, budget, &wiring, conduct, |_| {}).await;
                Report::of(run.outcome, Some(run.duration_ms))
            }
        };
        let mut heard = enough.subscribe();
        let stop = async {
            tokio::select! {
                () = interrupt::stopped(self.stop.clone()) => {}
                _ = heard.wait_for(|enough| *enough) => {}
            }
        };
        let all = lane.run(probe, stop, &mut Reaper { round: self, desk: self.gather.desk(), sheaf: Sheaf::default() }).await;
        if !all {
            enough.send_replace(true);
        }
        all
    }
}

/// Takes the results of a lane in.
struct Reaper<'r> {
    round: &'r Round,
    desk: Option<Desk>,
    sheaf: Sheaf,
}

impl Results for Reaper<'_> {
    fn take(&mut self, done: Done) -> bool {
        self.round.progress.step();
        let failed = self.round.gather.take(done, &mut self.sheaf);
        !(failed && self.round.fail_fast)
    }

    fn rest(&mut self) -> bool {
        self.round.gather.store(&mut self.sheaf);
        self.desk.as_ref().is_none_or(|desk| desk.offer(&mut self.sheaf.page))
    }

    fn is_behind(&self) -> bool {
        !self.sheaf.page.lines.is_empty()
    }

    async fn catch_up(&mut self) -> bool {
        match &self.desk {
            Some(desk) => desk.hand_in(&mut self.sheaf.page).await,
            None => true,
        }
    }
}

/// One wiring for each time-out that the checks name; names and connections are shared within it.
struct Wirings<'b> {
    base: &'b Wiring,
    made: HashMap<Option<u64>, Arc<Wiring>>,
}

impl Wirings<'_> {
    fn of(&mut self, timeout: Option<f64>) -> Arc<Wiring> {
        let timeout = timeout.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.01, 3600.0)));
        let key = timeout.map(|t| u64::try_from(t.as_millis()).unwrap_or(u64::MAX));
        let options = self.base.options();
        let make = || Arc::new(self.base.beside(Options { timeout: timeout.unwrap_or(options.timeout), ..options.clone() }));
        Arc::clone(self.made.entry(key).or_insert_with(make))
    }
}
