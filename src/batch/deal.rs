//! Deals checks out to lanes: those of one host to one lane, so that the connections, the names and the share of a host stay in
//! one place.

use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::mpsc;

use super::Numbered;
use crate::suite::Check;

/// Checks handed over at once: waking a lane for each would cost more than many a probe.
const HAND: usize = 32;
/// Hands that wait for their lanes, over all lanes.
const WAITING: usize = 32;

/// Deals to lanes that take what they get as they find room.
#[derive(Debug)]
pub struct Dealer {
    lanes: Vec<mpsc::Sender<Vec<Numbered>>>,
    hands: Vec<Vec<Numbered>>,
    number: usize,
}

impl Dealer {
    /// A dealer for so many lanes, and where each of them gets its checks.
    pub fn new(lanes: usize) -> (Self, Vec<mpsc::Receiver<Vec<Numbered>>>) {
        let lanes = lanes.max(1);
        let (senders, receivers) = (0..lanes).map(|_| mpsc::channel((WAITING / lanes).max(2))).unzip();
        (Self { lanes: senders, hands: (0..lanes).map(|_| Vec::new()).collect(), number: 0 }, receivers)
    }

    /// Deals a list that is known as a whole, without waiting.
    pub fn all(checks: Vec<Check>, lanes: usize) -> Vec<mpsc::Receiver<Vec<Numbered>>> {
        let (mut dealer, receivers) = Self::new(lanes);
        for check in checks {
            let lane = dealer.lane_of(&check);
            dealer.put(lane, check);
        }
        for (lane, hand) in dealer.lanes.iter().zip(dealer.hands) {
            // Each lane has room for its first hand.
            let _ = lane.try_send(hand);
        }
        receivers
    }

    /// Deals one check; blocks while its lane has no room. Gives false when that lane has gone.
    pub fn deal(&mut self, check: Check) -> bool {
        let lane = self.lane_of(&check);
        self.put(lane, check);
        self.hands.get(lane).is_none_or(|hand| hand.len() < HAND) || self.hand_over(lane)
    }

    /// Hands over what was dealt so far: nothing more may come for a while.
    pub fn rest(&mut self) -> bool {
        (0..self.hands.len()).all(|lane| self.hand_over(lane))
    }

    fn lane_of(&self, check: &Check) -> usize {
        let mut hasher = DefaultHasher::new();
        check.ask.url.host_str().hash(&mut hasher);
        usize::try_from(hasher.finish() % self.lanes.len().max(1) as u64).unwrap_or_default()
    }

    fn put(&mut self, lane: usize, check: Check) {
        if let Some(hand) = self.hands.get_mut(lane) {
            hand.push(Numbered { number: self.number, check });
        }
        self.number += 1;
    }

    fn hand_over(&mut self, lane: usize) -> bool {
        match (self.lanes.get(lane), self.hands.get_mut(lane)) {
            (Some(to), Some(hand)) if !hand.is_empty() => to.blocking_send(std::mem::take(hand)).is_ok(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "dealing blocks")]
    fn a_host_stays_in_its_lane_and_nothing_is_lost() {
        let checks: Vec<Check> = (0..200).map(|n| check(&format!("h{}.example", n % 20))).collect();
        let (mut dealer, mut lanes) = Dealer::new(4);
        let dealing = std::thread::spawn(move || checks.into_iter().all(|check| dealer.deal(check)) && dealer.rest());
        let mut places = std::collections::BTreeMap::new();
        let mut numbers = Vec::new();
        for (lane, receiver) in lanes.iter_mut().enumerate() {
            while let Some(hand) = receiver.blocking_recv() {
                for Numbered { number, check } in hand {
                    numbers.push(number);
                    assert_eq!(*places.entry(check.name).or_insert(lane), lane);
                }
            }
        }
        numbers.sort_unstable();
        assert!(dealing.join().unwrap());
        assert_eq!(numbers, (0..200).collect::<Vec<_>>());
        assert!(places.values().collect::<std::collections::BTreeSet<_>>().len() > 1);
    }
}
