//! `whycors replay` on NDJSON against plain parsing of the same bytes with `serde_json`.
//!
//! The file is written once to a temporary place; `REPLAY_BENCH_MB` sets its size (default 20).
#![allow(clippy::disallowed_methods, reason = "the size comes from the environment")]

mod common;

use std::borrow::Cow;
use std::io::Write;
use std::process::{Command, Stdio};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;

/// The fields of a record, borrowed from the line wherever it has no escapes.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    ask: Ask<'a>,
    #[serde(borrow)]
    probes: Vec<Probe<'a>>,
}

#[derive(Deserialize)]
struct Ask<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    headers: Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>,
}

#[derive(Deserialize)]
struct Probe<'a> {
    #[serde(borrow)]
    purpose: Cow<'a, str>,
    #[serde(borrow)]
    response: Option<Response<'a>>,
}

#[derive(Deserialize)]
struct Response<'a> {
    status: u16,
    #[serde(borrow)]
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Record<'_> {
    /// Touches every field, so that none is optimised away.
    fn weight(&self) -> usize {
        let answers = self.probes.iter().filter_map(|p| p.response.as_ref().map(|r| (p, r)));
        let headers = answers.map(|(p, r)| p.purpose.len() + usize::from(r.status) + r.headers.len()).sum::<usize>();
        self.ask.url.len() + self.ask.headers.len() + headers
    }
}

fn replay(c: &mut Criterion) {
    let megabytes = std::env::var("REPLAY_BENCH_MB").ok().and_then(|n| n.parse::<usize>().ok()).unwrap_or(20);
    let records = common::records();
    let mut text = String::with_capacity((megabytes + 1) << 20);
    for line in records.iter().cycle().take_while({
        let mut size = 0;
        move |line| {
            size += line.len() + 1;
            size < megabytes << 20
        }
    }) {
        text.push_str(line);
        text.push('\n');
    }
    let mut file = tempfile::NamedTempFile::new().unwrap_or_else(|error| panic!("{error}"));
    file.write_all(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));

    let mut group = c.benchmark_group("replay");
    group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("serde_json into Value", |b| {
        b.iter(|| text.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count());
    });
    group.bench_function("serde_json borrowed", |b| {
        b.iter(|| text.lines().filter_map(|line| serde_json::from_str::<Record<'_>>(line).ok()).map(|r| r.weight()).sum::<usize>());
    });
    group.bench_function("whycors replay", |b| {
        b.iter(|| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
            command.args(["replay", "--format", "ndjson"]).arg(file.path()).stdout(Stdio::null());
            command.status().unwrap_or_else(|error| panic!("{error}"))
        });
    });
    group.finish();
}

criterion_group!(benches, replay);
criterion_main!(benches);
