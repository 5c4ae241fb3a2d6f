//! What changed since an earlier run.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Batch, Entry};
use crate::evidence::redact;

/// A result that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// The check, or the request.
    pub name: String,
    /// What it was; `absent` for a new one.
    pub before: String,
    /// What it is; `absent` for one that is gone.
    pub now: String,
}

/// How each result of an earlier run ended.
#[derive(Debug, Clone, Default)]
pub struct Known(Vec<Seen>);

/// One result, without secrets: a report holds none, and has to be found again in it.
#[derive(Debug, Clone)]
struct Seen {
    name: String,
    ask: String,
    ending: String,
}

impl Known {
    /// Takes the results of a report in.
    pub fn learn(&mut self, results: &[Entry]) {
        self.0.extend(results.iter().map(Seen::of));
    }

    /// What differs from a run. Of results with one name those of one ask belong together, then what is left, in its order.
    pub fn compare(&self, batch: &Batch) -> Vec<Change> {
        let now: Vec<Seen> = batch.results.iter().map(Seen::of).collect();
        let mut names: BTreeMap<&str, Both<'_>> = BTreeMap::new();
        for seen in &self.0 {
            names.entry(&seen.name).or_default().before.push(seen);
        }
        for seen in &now {
            names.entry(&seen.name).or_default().now.push(seen);
        }
        names.into_values().flat_map(Both::changes).collect()
    }
}

impl Seen {
    fn of(entry: &Entry) -> Self {
        let without_secrets = |text: String| redact::text(&text).into_owned();
        Self { name: without_secrets(entry.name()), ask: without_secrets(entry.report.request_line()), ending: ending(entry) }
    }
}

/// The results that have one name.
#[derive(Default)]
struct Both<'s> {
    before: Vec<&'s Seen>,
    now: Vec<&'s Seen>,
}

impl Both<'_> {
    fn changes(self) -> Vec<Change> {
        let is_one = self.before.len() <= 1 && self.now.len() <= 1;
        let ending = |seen: Option<&Seen>| seen.map_or("absent", |seen| &seen.ending).to_owned();
        let change = |(before, now): (Option<&Seen>, Option<&Seen>)| {
            let seen = now.or(before)?;
            let name = if is_one || seen.name == seen.ask { seen.name.clone() } else { format!("{} ({})", seen.name, seen.ask) };
            Some(Change { name, before: ending(before), now: ending(now) }).filter(|change| change.before != change.now)
        };
        self.pairs().into_iter().filter_map(change).collect()
    }

    fn pairs(&self) -> Vec<(Option<&Seen>, Option<&Seen>)> {
        let mut asks: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
        for (at, seen) in self.before.iter().enumerate() {
            asks.entry(&seen.ask).or_default().push_back(at);
        }
        let found: Vec<Option<usize>> = self.now.iter().map(|seen| asks.get_mut(seen.ask.as_str()).and_then(VecDeque::pop_front)).collect();
        let left: BTreeSet<usize> = asks.into_values().flatten().collect();
        let mut left = left.into_iter();
        let mut pairs = Vec::new();
        for (seen, found) in self.now.iter().zip(found) {
            let before = found.or_else(|| left.next()).and_then(|at| self.before.get(at));
            pairs.push((before.copied(), Some(*seen)));
        }
        pairs.extend(left.filter_map(|at| self.before.get(at)).map(|seen| (Some(*seen), None)));
        pairs
    }
}

/// `allowed`, `inconclusive` or `blocked: CAUSE`, and where that is not what was expected, so much.
fn ending(entry: &Entry) -> String {
    let cause = entry.report.diagnosis.as_ref().map(|d| format!(": {}", d.cause)).unwrap_or_default();
    let unmet = match entry.check {
        Some(_) if entry.failed() => ", not as expected",
        Some(_) if entry.is_open() && entry.report.verdict.allowed.is_some() => ", undecided",
        _ => "",
    };
    match entry.report.verdict.allowed {
        Some(true) => format!("allowed{cause}{unmet}"),
        Some(false) => format!("blocked{cause}{unmet}"),
        None => "inconclusive".into(),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::testing::checked;
    use super::*;

    fn entry(name: &str, path: &str, met: bool) -> Entry {
        let mut entry = checked(name, Some(met));
        entry.report.ask.url = Url::parse("https://api.example.com").unwrap().join(path).unwrap();
        entry
    }

    /// What is told of two runs, a line each.
    fn told(before: &[Entry], now: Vec<Entry>) -> Vec<String> {
        let mut known = Known::default();
        known.learn(before);
        let changes = known.compare(&Batch::of(now, None));
        changes.into_iter().map(|change| format!("{}: {} → {}", change.name, change.before, change.now)).collect()
    }

    #[test]
    fn results_with_one_name_do_not_hide_each_other() {
        const OF_B: &str = "line 1 (PUT https://api.example.com/b from https://app.example.com)";
        const BLOCKED: &str = "blocked: s3-wrong-region-redirect, not as expected";
        let before = [entry("line 1", "a", true), entry("line 1", "b", false), entry("line 1", "b", true)];
        let changed = vec![entry("line 1", "b", true), entry("line 1", "b", true), entry("line 1", "a", true)];
        assert_eq!(told(&before, changed.clone()), [format!("{OF_B}: {BLOCKED} → allowed")]);
        assert_eq!(told(&changed, before[..2].to_vec()), [format!("{OF_B}: allowed → {BLOCKED}"), format!("{OF_B}: allowed → absent")]);
        assert_eq!(told(&before, before.to_vec()), [""; 0]);
    }

    #[test]
    fn a_check_is_known_by_its_name_at_another_url() {
        assert_eq!(told(&[entry("up", "a", true)], vec![entry("up", "b", true)]), [""; 0]);
        let moved = vec![entry("up", "a?X-Amz-Signature=5ec4e7", true), entry("new", "a", true)];
        assert_eq!(told(&[entry("up", "a", true)], moved), ["new: absent → allowed"]);
    }

    #[test]
    fn a_limit_that_is_no_longer_kept_is_a_change() {
        let mut slow = entry("up", "a", true);
        slow.check.as_mut().unwrap().met = Some(false);
        assert_eq!(told(&[entry("up", "a", true)], vec![slow]), ["up: allowed → allowed, not as expected"]);
    }

    #[test]
    fn a_name_with_a_secret_is_found_again() {
        let name = "https://a.example.com/?X-Amz-Signature=5ec4e7";
        let mut before = entry(name, "a", true);
        before.redact();
        assert_eq!(told(&[before], vec![entry(name, "a", true)]), [""; 0]);
    }
}
