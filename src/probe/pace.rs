//! How fast the steps of an inquiry go out: those of a wave together, and one at a time after a server said "slower". Decides
//! nothing about what is sent.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;
use tokio::time::Instant;

use super::wiring::Wiring;
use crate::evidence::{Probe, Step};

/// Probes on the way at once for one ask.
const AT_ONCE: usize = 20;
/// The longest pause that a server can ask for; one that wants more gets no further request.
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// The pause after a 429 without a time.
const USUAL_PAUSE: Duration = Duration::from_secs(1);

/// The pace of one inquiry.
#[derive(Debug)]
pub(super) struct Pace {
    at_once: usize,
    /// What a server asked for and did not get yet.
    pause: Option<Duration>,
    /// When every request has to be over.
    end: Option<Instant>,
}

/// What came of a wave.
#[derive(Debug)]
pub(super) struct Wave {
    /// In the order of the steps, without those that were not sent or cut off.
    pub(super) answers: Vec<Probe>,
    pub(super) end: End,
}

/// How a wave ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Every step was answered.
    Done,
    /// The user wanted it to stop.
    Stopped,
    /// The server wants no more for now.
    Refused,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once: AT_ONCE, pause: None, end: None }
    }
}

impl Pace {
    /// The pace of an inquiry that has an end, whatever is on its way then.
    pub(super) fn until(end: Option<Instant>) -> Self {
        Self { end, ..Self::default() }
    }

    /// Sends the steps of a wave. Once a server says "slower" nothing more is sent until the pause it asked for is over, and then
    /// one at a time; one that refuses again, or wants too long a pause, gets nothing more.
    pub(super) async fn wave(
        &mut self,
        wiring: &Wiring,
        steps: &[Step],
        stop: &mut Option<watch::Receiver<bool>>,
        progress: &mut impl FnMut(&Probe),
    ) -> Wave {
        let mut answers: Vec<Option<Probe>> = steps.iter().map(|_| None).collect();
        let mut waiting = steps.iter().enumerate();
        let end = self.end;
        // Large, and moved more than once on its way into the set.
        let numbered = |(index, step)| Box::pin(async move { (index, wiring.observe_before(step, end).await) });
        let mut running = FuturesUnordered::new();
        let end = loop {
            let places = if self.pause.is_some() { 0 } else { self.at_once.saturating_sub(running.len()) };
            running.extend(waiting.by_ref().take(places).map(numbered));
            if running.is_empty() {
                match self.pause {
                    _ if waiting.len() == 0 => break End::Done,
                    Some(pause) if self.is_worth(pause) => tokio::select! {
                        () = tokio::time::sleep(pause) => self.slow_down(),
                        () = stopped(stop) => break End::Stopped,
                    },
                    _ => break End::Refused,
                }
                continue;
            }
            let (index, probe) = tokio::select! {
                Some(finished) = running.next() => finished,
                () = stopped(stop) => break End::Stopped,
            };
            let Some(probe) = probe else { continue };
            progress(&probe);
            self.pause = self.pause.max(wanted_pause(&probe));
            if let Some(place) = answers.get_mut(index) {
                *place = Some(probe);
            }
        };
        drop(running);
        Wave { answers: answers.into_iter().flatten().collect(), end }
    }

    fn is_worth(&self, pause: Duration) -> bool {
        self.at_once > 1 && pause <= MAX_PAUSE && self.end.is_none_or(|end| Instant::now() + pause < end)
    }

    fn slow_down(&mut self) {
        *self = Self { at_once: 1, pause: None, ..*self };
    }
}

/// Resolves when a watch turned true, or when whoever could have turned it has gone: nobody else would end the wait.
async fn stopped(stop: &mut Option<watch::Receiver<bool>>) {
    match stop {
        Some(receiver) => drop(receiver.wait_for(|stop| *stop).await),
        None => std::future::pending().await,
    }
}

/// The pause that an answer asks for. <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>.
pub(super) fn wanted_pause(probe: &Probe) -> Option<Duration> {
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

    #[tokio::test]
    async fn a_watch_that_nobody_can_turn_any_more_is_a_stop() {
        let (sender, receiver) = watch::channel(false);
        drop(sender);
        assert!(tokio::time::timeout(Duration::from_mins(1), stopped(&mut Some(receiver))).await.is_ok());
    }

    #[test]
    fn a_server_can_ask_for_a_pause() {
        let pause = |status, after: Option<&str>| {
            let headers = after.map(|v| ("Retry-After".to_owned(), v.to_owned())).into_iter().collect();
            wanted_pause(&Probe { response: Some(Response { status, headers, ..Response::default() }), ..Probe::default() })
        };
        assert_eq!(pause(200, Some("9")), None);
        assert_eq!(pause(429, None), Some(USUAL_PAUSE));
        assert_eq!(pause(503, Some("3600")), Some(Duration::from_hours(1)));
        assert_eq!(pause(429, Some("Wed, 21 Oct 2026 07:28:00 GMT")), Some(USUAL_PAUSE));
        assert_eq!(pause(503, None), None);
    }
}
