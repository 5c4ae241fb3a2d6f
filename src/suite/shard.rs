//! Sharing of a list among several runs: entry `n` belongs to shard `n mod total`.

use std::str::FromStr;

/// One part of several, `I/N` with I from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    total: usize,
}

impl Shard {
    /// A part; nothing when `index` is not below `total`.
    pub fn new(index: usize, total: usize) -> Option<Self> {
        (index < total).then_some(Self { index, total })
    }

    /// How many parts there are.
    pub fn total(self) -> usize {
        self.total
    }

    /// Whether the entry with this number (from 0) belongs to it.
    pub fn takes(self, number: usize) -> bool {
        number % self.total == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.trim().parse().ok()?, n.trim().parse().ok()?)));
        let (index, total) = parts.ok_or_else(|| format!("{text:?} is not a shard: write I/N, such as 0/4"))?;
        Self::new(index, total).ok_or_else(|| format!("shard {index} of {total}: shards count from 0 to {}", total.saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_belongs_to_exactly_one() {
        let shards: Vec<Shard> = (0..7).map(|i| format!("{i}/7").parse().unwrap()).collect();
        assert!((0..1000).all(|n| shards.iter().filter(|s| s.takes(n)).count() == 1));
        assert!("7/7".parse::<Shard>().is_err() && "x".parse::<Shard>().is_err() && "0/0".parse::<Shard>().is_err());
    }
}
