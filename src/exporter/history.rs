//! The last failures, a bounded number.

use std::collections::VecDeque;

use crate::report::Entry;

/// Failures kept.
const KEPT: usize = 50;

/// The last failures, each with a number that is never used again.
#[derive(Debug, Default)]
pub(super) struct History {
    next: u64,
    entries: VecDeque<(u64, Entry)>,
}

impl History {
    pub(super) fn keep(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back((self.next, entry));
        self.next += 1;
    }

    pub(super) fn get(&self, number: u64) -> Option<&Entry> {
        self.entries.iter().find(|(n, _)| *n == number).map(|(_, entry)| entry)
    }

    /// The newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &(u64, Entry)> {
        self.entries.iter().rev()
    }
}
