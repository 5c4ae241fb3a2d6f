//! The live driver: a short loop around the inquiry. Steps of a wave run together; a server that says "slower" is obeyed.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tokio::time::Instant;

use super::http::millis;
use super::wiring::Wiring;
use crate::ask::Ask;
use crate::evidence::{Evidence, Probe, Step};
use crate::inquiry::{Budget, Inquiry, Outcome};

/// Probes on the way at once for one ask.
const AT_ONCE: usize = 8;
/// The longest pause that a server can ask for; one that wants more gets no follow-ups.
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// The pause after a 429 without a time.
const USUAL_PAUSE: Duration = Duration::from_secs(1);
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
    let end = begun + wiring.options().timeout * TOTAL_FACTOR;
    let mut stopped = false;
    let mut pause = None;
    loop {
        let steps = inquiry.steps();
        if steps.is_empty() || Instant::now() >= end {
            break;
        }
        // Only somebody who goes on has to wait.
        if let Some(pause) = pause {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self::stopped(&mut stop) => {
                    stopped = true;
                    break;
                }
            }
        }
        let answers = wave(wiring, &steps, &mut stop, &mut progress).await;
        stopped = answers.len() < steps.len();
        pause = answers.iter().filter_map(wanted_pause).max();
        for probe in answers {
            inquiry.learn(probe);
        }
        if stopped || pause.is_some_and(|pause| pause > MAX_PAUSE) {
            break;
        }
    }
    Run { outcome: inquiry.conclude(), duration_ms: millis(begun.elapsed()), stopped }
}

/// Sends steps outside an inquiry; the answers come in the order of the steps, without those that a stop cut off.
pub async fn observe(wiring: &Wiring, steps: &[Step], mut stop: Option<watch::Receiver<bool>>) -> Vec<Probe> {
    wave(wiring, steps, &mut stop, &mut |_| {}).await
}

/// Sends the steps of a wave; the answers come in the order of the steps, without those that a stop cut off.
async fn wave(wiring: &Wiring, steps: &[Step], stop: &mut Option<watch::Receiver<bool>>, progress: &mut impl FnMut(&Probe)) -> Vec<Probe> {
    let mut answers: Vec<Option<Probe>> = steps.iter().map(|_| None).collect();
    let mut waiting = steps.iter().enumerate();
    let numbered = |(index, step)| async move { (index, wiring.observe(step).await) };
    let mut running: FuturesUnordered<_> = waiting.by_ref().take(AT_ONCE).map(numbered).collect();
    loop {
        let finished = tokio::select! {
            finished = running.next() => finished,
            () = stopped(stop) => None,
        };
        let Some((index, probe)) = finished else { break };
        progress(&probe);
        let slower = wanted_pause(&probe).is_some();
        if let Some(place) = answers.get_mut(index) {
            *place = Some(probe);
        }
        // A server that limits the rate gets the rest one at a time.
        if !slower || running.is_empty() {
            running.extend(waiting.next().map(numbered));
        }
    }
    answers.into_iter().flatten().collect()
}

async fn stopped(stop: &mut Option<watch::Receiver<bool>>) {
    if let Some(receiver) = stop
        && receiver.wait_for(|stop| *stop).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// The pause that an answer asks for. <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>.
fn wanted_pause(probe: &Probe) -> Option<Duration> {
    let response = probe.response.as_ref()?;
    match (response.status, response.header("retry-after")) {
        (429 | 503, Some(after)) => Some(after.trim().parse().map_or(USUAL_PAUSE, Duration::from_secs)),
        (429, None) => Some(USUAL_PAUSE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Response;

    #[test]
    fn a_server_can_ask_for_a_pause() {
        let pause = |status, after: Option<&str>| {
            let headers = after.map(|v| ("Retry-After".to_owned(), v.to_owned())).into_iter().collect();
            wanted_pause(&Probe { response: Some(Response { status, headers, ..Response::default() }), ..Probe::default() })
        };
        assert_eq!(pause(200, Some("9")), None);
        assert_eq!(pause(429, None), Some(USUAL_PAUSE));
        assert_eq!(pause(503, Some("3600")), Some(Duration::from_secs(3600)));
        assert_eq!(pause(429, Some("Wed, 21 Oct 2026 07:28:00 GMT")), Some(USUAL_PAUSE));
        assert_eq!(pause(503, None), None);
    }
}
