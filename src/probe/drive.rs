//! The live driver: a short loop around the inquiry. Steps of a wave run together; a server that says "slower" is obeyed.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tokio::time::Instant;

use super::http::millis;
use super::pace::{End, Pace};
use super::wiring::Wiring;
use crate::ask::Ask;
use crate::evidence::{Evidence, Probe, Step};
use crate::inquiry::{Budget, Inquiry, Outcome};

/// An inquiry lasts at most so many times the bound of one probe.
const TOTAL_FACTOR: u32 = 3;

/// How an inquiry is conducted, besides its budget.
#[derive(Debug, Default)]
pub struct Conduct {
    /// The caller's name for it.
    pub id: Option<String>,
    /// The bucket's CORS configuration, where the user gave it.
    pub cors_config: Option<serde_json::Value>,
    /// Turns true when the user wants to stop: what was found so far is concluded.
    pub stop: Option<watch::Receiver<bool>>,
    /// The longest that it may take, whatever is on its way then.
    pub longest: Option<Duration>,
}

/// A finished inquiry.
#[derive(Debug)]
pub struct Run {
    /// What it found.
    pub outcome: Outcome,
    /// How long it took.
    pub duration_ms: f64,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

/// Inquires an ask over the network. `progress` is told of each probe as it ends.
pub async fn inquire(ask: Ask, budget: Budget, wiring: &Wiring, conduct: Conduct, mut progress: impl FnMut(&Probe)) -> Run {
    let begun = Instant::now();
    let clock = OffsetDateTime::now_utc();
    let started_at = clock.replace_microsecond(0).unwrap_or(clock).format(&Rfc3339).ok();
    let evidence = Evidence { id: conduct.id, started_at, cors_config: conduct.cors_config, ..Evidence::of(ask) };
    let mut inquiry = Inquiry::resume(evidence, budget, clock.unix_timestamp());
    let mut stop = conduct.stop;
    let cut = conduct.longest.map(|longest| begun + longest);
    let end = begun + wiring.options().timeout * TOTAL_FACTOR;
    let end = cut.map_or(end, |cut| cut.min(end));
    let mut pace = Pace::until(cut);
    let mut how = End::Done;
    while how == End::Done {
        let steps = inquiry.steps();
        if steps.is_empty() || Instant::now() >= end {
            break;
        }
        let wave = pace.wave(wiring, &steps, &mut stop, &mut progress).await;
        how = wave.end;
        for probe in wave.answers {
            inquiry.learn(probe);
        }
    }
    Run { outcome: inquiry.conclude(), duration_ms: millis(begun.elapsed()), stopped: how == End::Stopped }
}

/// Sends steps outside an inquiry; the answers come in the order of the steps, without those that a stop cut off.
pub async fn observe(wiring: &Wiring, steps: &[Step], mut stop: Option<watch::Receiver<bool>>) -> Vec<Probe> {
    Pace::default().wave(wiring, steps, &mut stop, &mut |_| {}).await.answers
}
