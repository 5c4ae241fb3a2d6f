//! How busy each host is, and which asked for a pause. A host that is idle is forgotten.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::LONGEST_PAUSE;
use crate::suite::Check;

pub(super) struct Hosts {
    share: usize,
    busy: HashMap<String, Host>,
}

#[derive(Default)]
struct Host {
    running: usize,
    refusals: u32,
    not_before: Option<Instant>,
}

/// The first pause of a host that says it is too busy and not for how long; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

impl Hosts {
    pub(super) fn new(share: usize) -> Self {
        Self { share: share.max(1), busy: HashMap::new() }
    }

    pub(super) fn has_room(&self, check: &Check, now: Instant) -> bool {
        self.busy.get(key(check)).is_none_or(|h| h.running < self.share && h.not_before.is_none_or(|at| at <= now))
    }

    /// When the host's pause ends; nothing when only the end of another check can make room.
    pub(super) fn free_at(&self, check: &Check) -> Option<Instant> {
        match self.busy.get(key(check)) {
            Some(host) if host.running >= self.share => None,
            Some(host) => host.not_before.or_else(|| Some(Instant::now())),
            None => Some(Instant::now()),
        }
    }

    pub(super) fn begin(&mut self, check: &Check) {
        self.busy.entry(key(check).to_owned()).or_default().running += 1;
    }

    pub(super) fn end(&mut self, check: &Check, pause: Option<Duration>, now: Instant) {
        let Some(host) = self.busy.get_mut(key(check)) else { return };
        host.running = host.running.saturating_sub(1);
        match pause {
            Some(asked) => {
                let doubled = FIRST_PAUSE.saturating_mul(1 << host.refusals.min(6));
                host.refusals += 1;
                host.not_before = Some(now + asked.max(doubled).min(LONGEST_PAUSE));
            }
            None => host.refusals = 0,
        }
        if host.running == 0 && host.not_before.is_none_or(|at| at <= now) {
            self.busy.remove(key(check));
        }
    }
}

fn key(check: &Check) -> &str {
    check.ask.url.host_str().unwrap_or_default()
}
