//! The same request at every address of a name, or several times.

use std::net::IpAddr;

use futures_util::stream::{self, StreamExt};

use super::pace::wanted_pause;
use super::wiring::Wiring;
use crate::evidence::{Probe, Step};

/// Samples on the way at once.
const AT_ONCE: usize = 8;
/// Samples in all.
const MAX_SAMPLES: usize = 200;

/// How to sample.
#[derive(Debug, Clone, Default)]
pub struct Sampling {
    /// Where; nothing for wherever the name leads.
    pub addresses: Vec<IpAddr>,
    /// How often at each.
    pub rounds: u32,
}

/// Sends one step to each address in each round, over a fresh connection every time; without addresses, to wherever the name leads.
/// A server that says "slower" gets no more. Each answer comes with where it was asked and which time; when
/// `stop` resolves, those that are there.
pub async fn sample(wiring: &Wiring, step: &Step, sampling: &Sampling, stop: impl Future<Output = ()>) -> Vec<(String, u32, Probe)> {
    let addresses: Vec<Option<IpAddr>> = sampling.addresses.iter().copied().map(Some).collect();
    let addresses = if addresses.is_empty() { vec![None] } else { addresses };
    let rounds = 1..=sampling.rounds.max(1);
    let places: Vec<_> = rounds.flat_map(|round| addresses.iter().map(move |address| (round, *address))).take(MAX_SAMPLES).collect();
    let one = |(round, address): (u32, Option<IpAddr>)| async move {
        let probe = wiring.at(address).observe(step).await;
        let reached = probe.connection.as_ref().map(|c| c.proxy.clone().unwrap_or_else(|| c.address.clone()));
        (address.map(|ip| ip.to_string()).or(reached).unwrap_or_default(), round, probe)
    };
    let mut answers = std::pin::pin!(stream::iter(places).map(one).buffered(AT_ONCE).take_until(stop));
    let mut samples = Vec::new();
    while let Some(answer) = answers.next().await {
        let slower = wanted_pause(&answer.2).is_some();
        samples.push(answer);
        if slower {
            break;
        }
    }
    samples.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    samples
}
