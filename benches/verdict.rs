//! Verdicts a second, of all three engines, on recorded exchanges.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use whycors::evidence::Evidence;
use whycors::verdict::{Engine, decide};

fn verdicts(c: &mut Criterion) {
    let records: Vec<Evidence> = common::records().iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut group = c.benchmark_group("verdict");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("decide", |b| {
        b.iter(|| records.iter().filter(|r| decide(&r.ask, &r.probes, Engine::Chromium).allowed == Some(true)).count());
    });
    group.finish();
}

criterion_group!(benches, verdicts);
criterion_main!(benches);
