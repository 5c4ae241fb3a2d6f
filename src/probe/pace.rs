//! How fast the steps of an inquiry go out: those of a wave together, and one at a time after a server said "slower". Decides
//! nothing about what is sent.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use time::OffsetDateTime;
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
    /// one at a time, follow-ups that it refused once more as well; one that refuses again, or wants too long a pause, gets nothing
    /// more.
    pub(super) async fn wave(
        &mut self,
        wiring: &Wiring,
        steps: &[Step],
        stop: &mut Option<watch::Receiver<bool>>,
        progress: &mut impl FnMut(&Probe),
    ) -> Wave {
        let mut answers: Vec<Option<Probe>> = steps.iter().map(|_| None).collect();
        let mut waiting: VecDeque<(usize, &Step)> = steps.iter().enumerate().collect();
        let end = self.end;
        // Large, and moved more than once on its way into the set.
        let numbered = |(index, step)| Box::pin(async move { (index, step, wiring.observe_before(step, end).await) });
        let mut running = FuturesUnordered::new();
        let end = loop {
            let places = if self.pause.is_some() { 0 } else { self.at_once.saturating_sub(running.len()) };
            running.extend(waiting.drain(..places.min(waiting.len())).map(numbered));
            if running.is_empty() {
                match self.pause {
                    _ if waiting.is_empty() => break End::Done,
                    Some(pause) if self.is_worth(pause) => tokio::select! {
                        () = tokio::time::sleep(pause) => self.slow_down(),
                        () = stopped(stop) => break End::Stopped,
                    },
                    _ => break End::Refused,
                }
                continue;
            }
            let (index, step, probe) = tokio::select! {
                Some(finished) = running.next() => finished,
                () = stopped(stop) => break End::Stopped,
            };
            let Some(probe) = probe else { continue };
            progress(&probe);
            let pause = wanted_pause(&probe);
            if step.purpose.is_question() && pause.is_some_and(|pause| self.is_worth(pause)) {
                waiting.push_back((index, step));
            }
            self.pause = self.pause.max(pause);
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
    let response = probe.response.as_ref().filter(|response| response.is_busy())?;
    Some(response.retry_after(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or(USUAL_PAUSE))
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
        assert!(pause(429, Some("Fri, 21 Oct 2412 07:28:00 GMT")) > Some(MAX_PAUSE));
        assert_eq!(pause(429, Some("Sun, 06 Nov 1994 08:49:37 GMT")), Some(Duration::ZERO));
        assert_eq!(pause(429, Some("soon")), Some(USUAL_PAUSE));
        assert_eq!(pause(503, None), None);
    }
}
