//! `whycors check`: files of expectations and fleets of asks; and `whycors merge`, which joins the reports of shards.

mod feed;
mod gather;
mod lanes;
mod merge;
mod part;
mod reports;
mod scribe;

pub(crate) use merge::{MergeArgs, merge};

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::sync::watch;

use self::feed::Feed;
use self::gather::Gather;
use self::lanes::Round;
use super::ask::Browser;
use super::format::OutputArgs;
use super::net::NetArgs;
use super::output::{Trouble, complain};
use super::progress::Progress;
use super::{Exit, Global, interrupt};
use crate::batch::Limits;
use crate::inquiry::Budget;
use crate::probe::Wiring;
use crate::suite::Shard;
use crate::verdict::Engine;

/// `--wait` asks again after this, then after twice as long, up to ten times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Checks (TOML), or a fleet (NDJSON: *.ndjson, *.jsonl, or - for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The page's origin, for checks and fleet lines without one
    #[arg(long, env = "WHYCORS_ORIGIN", value_name = "ORIGIN")]
    origin: Option<String>,
    /// Checks at once
    #[arg(long, env = "WHYCORS_JOBS", default_value_t = 64, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    jobs: u16,
    /// Of those, to one host
    #[arg(long, env = "WHYCORS_PER_HOST", default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    per_host: u16,
    /// Checks begun a second
    #[arg(long, env = "WHYCORS_RATE", value_name = "N[/s]", value_parser = rate)]
    rate: Option<f64>,
    /// Tries again when a check is inconclusive
    #[arg(long, env = "WHYCORS_RETRIES", default_value_t = 0, value_name = "N")]
    retries: u32,
    /// Only this part, counted from 0 [default: JOB_COMPLETION_INDEX or CI_NODE_INDEX with --shard-total or CI_NODE_TOTAL]
    #[arg(long, env = "WHYCORS_SHARD", value_name = "I/N")]
    shard: Option<Shard>,
    /// Number of parts, where the environment says which one this is
    #[arg(long, env = "WHYCORS_SHARD_TOTAL", value_name = "N")]
    shard_total: Option<usize>,
    /// Stop at the first failure; with --wait, when its time is up
    #[arg(long)]
    fail_fast: bool,
    /// Ask again until every expectation is met, at most this long
    #[arg(long, env = "WHYCORS_WAIT", value_name = "SECONDS", value_parser = seconds)]
    wait: Option<Duration>,
    /// An earlier JSON report: say what changed since
    #[arg(long, env = "WHYCORS_BASELINE", value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Only what a browser would send: no diagnostic probes
    #[arg(long)]
    no_follow_up: bool,
    /// Probes of one check, follow-ups included
    #[arg(long, env = "WHYCORS_MAX_PROBES", default_value_t = 24, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    max_probes: u16,
    /// Whose decision counts
    #[arg(long, env = "WHYCORS_BROWSER", value_enum, default_value_t)]
    browser: Browser,
    #[command(flatten)]
    net: NetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: CheckArgs, global: Global) -> Result<Exit, Trouble> {
    // No time to wait is the same as not to wait.
    let args = CheckArgs { wait: args.wait.filter(|wait| !wait.is_zero()), ..args };
    args.output.check()?;
    let engine = Engine::from(args.browser);
    let part = part::part(args.shard, args.shard_total, &|name| std::env::var(name).ok())?;
    let mut feed = Feed::open(&args.files, args.origin.as_deref(), part)?;
    if args.net.timeout.is_some() {
        feed.forget_timeouts();
    }
    if args.wait.is_some() && feed.streams() {
        return Err(Trouble::new("--wait asks the checks of a TOML file again; a fleet is read once, as it comes"));
    }
    let gather = Arc::new(Gather::new(&args, &feed, global, engine)?);
    let wiring = Arc::new(Wiring::new(args.net.options()?));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Trouble::new(format!("the system gives no means to wait for the network: {e}")))?;
    let all = runtime.block_on(args.work(feed, &wiring, &gather, global, engine));
    // Standard input may still be waited for; the process does not wait for it.
    runtime.shutdown_background();
    let all = all?;
    if !all && !gather.is_unheard() {
        complain("stopped before the end; this is what was found so far");
    }
    // A part of few checks may have none; nothing at all is a file that something failed to fill.
    let empty = all && part.is_none() && gather.is_empty();
    let exit = gather.finish(&args, all)?.unless_all(all);
    if empty && matches!(exit, Exit::Ok) {
        return Err(Trouble::new("there is no request in it: expected one JSON object a line, such as {\"url\": …, \"origin\": …}"));
    }
    Ok(exit)
}

impl CheckArgs {
    async fn work(&self, feed: Feed, wiring: &Arc<Wiring>, gather: &Arc<Gather>, global: Global, engine: Engine) -> Result<bool, Trouble> {
        let stop = interrupt::watch();
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let repeat = self.wait.map(|_| feed.checks().to_vec());
        // A rate is kept by each lane for itself.
        let lanes = if self.rate.is_some() { 1 } else { lanes::most() };
        let mut hands = feed.start(lanes)?;
        loop {
            let progress = Progress::of_checks(global, gather.total());
            let mut round = self.round(Arc::clone(wiring), Arc::clone(gather), progress, engine, stop.clone());
            round.fail_fast &= self.wait.is_none_or(|wait| begun.elapsed() >= wait);
            let all = round.run(hands).await;
            let left = self.wait.unwrap_or_default().saturating_sub(begun.elapsed());
            let again = repeat.as_ref().filter(|_| all && !left.is_zero()).map(|list| gather.unmet(list)).unwrap_or_default();
            if again.is_empty() {
                return Ok(all);
            }
            if global.quiet == 0 {
                complain(format_args!("{} not as expected yet; asking again in {} s", again.len(), pause.min(left).as_secs().max(1)));
            }
            tokio::select! {
                () = tokio::time::sleep(pause.min(left)) => {}
                () = interrupt::stopped(stop.clone()) => return Ok(false),
            }
            pause = (pause * 2).min(FIRST_PAUSE * 10);
            hands = Feed::deal(again, lanes);
        }
    }

    fn round(&self, wiring: Arc<Wiring>, gather: Arc<Gather>, progress: Progress, engine: Engine, stop: watch::Receiver<bool>) -> Round {
        let limits = Limits { jobs: self.jobs.into(), per_host: self.per_host.into(), rate: self.rate, retries: self.retries };
        let budget = Budget {
            max_probes: usize::from(self.max_probes).max(2),
            waves: if self.no_follow_up { 0 } else { Budget::default().waves },
            engine,
            ..Budget::default()
        };
        Round { limits, budget, wiring, gather, progress, fail_fast: self.fail_fast, stop }
    }
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches("/s").trim().parse::<f64>().ok().filter(|n| *n > 0.0 && *n <= 1e6);
    number.ok_or_else(|| format!("{text:?} is not a rate: write N or N/s"))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches('s').parse::<f64>().ok().filter(|n| *n >= 0.0 && *n <= 86_400.0);
    number.map(Duration::from_secs_f64).ok_or_else(|| format!("{text:?} is not a time: write seconds, such as 120s"))
}
