//! `whycors replay` against plain parsing of the same NDJSON with `serde_json`: processor time, wall time and peak memory.
//!
//! `REPLAY_BENCH_MB=200 cargo bench --bench replay` writes a file of that size (20 without it) to a temporary place, reads it
//! in a process of its own with each program, one core each, and prints the least of three runs. Linux only.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures, and prints what it found")]

mod common;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

const RUNS: usize = 3;

/// What a program needed.
struct Cost {
    cpu: Duration,
    wall: Duration,
    peak_kib: u64,
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "value", file] => parse(file, |line| usize::from(serde_json::from_str::<serde_json::Value>(line).is_ok())),
        [_, "borrowed", file] => parse(file, |line| serde_json::from_str::<Record<'_>>(line).map_or(0, |record| record.weight())),
        _ => compare(),
    }
}

fn compare() -> io::Result<()> {
    let megabytes = std::env::var("REPLAY_BENCH_MB").ok().and_then(|n| n.parse::<usize>().ok()).unwrap_or(20);
    let file = tempfile::NamedTempFile::new()?;
    let (lines, bytes) = write(file.as_file(), megabytes << 20)?;
    println!("{lines} records, {bytes} bytes");
    let (own, whycors) = (std::env::current_exe()?, Path::new(env!("CARGO_BIN_EXE_whycors")));
    let value = least(|| Command::new(&own).arg("value").arg(file.path()).spawn())?;
    let borrowed = least(|| Command::new(&own).arg("borrowed").arg(file.path()).spawn())?;
    let replay =
        |format: &str| least(|| Command::new(whycors).args(["replay", "--format", format]).arg(file.path()).stdout(Stdio::null()).spawn());
    let rows =
        [("into Value", &value), ("borrowed", &borrowed), ("replay, ndjson", &replay("ndjson")?), ("replay, human", &replay("human")?)];
    for (name, cost) in rows {
        let times = |base: &Cost| cost.cpu.as_secs_f64() / base.cpu.as_secs_f64();
        println!(
            "{name:<15} cpu {:>6.2} s  wall {:>6.2} s  peak {:>4} MiB  {:>5.2} x Value  {:>5.2} x borrowed",
            cost.cpu.as_secs_f64(),
            cost.wall.as_secs_f64(),
            cost.peak_kib >> 10,
            times(&value),
            times(&borrowed)
        );
    }
    Ok(())
}

/// Writes the records again and again, each line with an id of its own.
fn write(file: &File, size: usize) -> io::Result<(usize, usize)> {
    let mut out = BufWriter::new(file);
    let (mut lines, mut bytes) = (0, 0);
    for record in common::records().iter().filter_map(|line| line.strip_prefix('{')).map(strip_id).collect::<Vec<_>>().iter().cycle() {
        if bytes >= size {
            break;
        }
        let line = format!("{{\"id\":\"{lines}\",{record}\n");
        out.write_all(line.as_bytes())?;
        lines += 1;
        bytes += line.len();
    }
    out.flush().map(|()| (lines, bytes))
}

/// A record behind its brace, without an id at its beginning.
fn strip_id(record: &str) -> &str {
    record.strip_prefix("\"id\":\"").and_then(|rest| rest.split_once("\",")).map_or(record, |(_, rest)| rest)
}

/// Runs a program some times.
fn least(start: impl Fn() -> io::Result<std::process::Child>) -> io::Result<Cost> {
    let mut least: Option<Cost> = None;
    for _ in 0..RUNS {
        let (before, begun) = (children()?, Instant::now());
        let mut child = start()?;
        let mut peak_kib = 0;
        while child.try_wait()?.is_none() {
            peak_kib = peak_kib.max(peak(child.id()).unwrap_or(0));
            std::thread::sleep(Duration::from_millis(10));
        }
        let cost = Cost { cpu: children()?.saturating_sub(before), wall: begun.elapsed(), peak_kib };
        if least.as_ref().is_none_or(|known| cost.cpu < known.cpu) {
            least = Some(cost);
        }
    }
    least.ok_or_else(|| io::Error::other("nothing was run"))
}

/// Processor time of the children that have ended; Linux counts it in hundredths of a second.
fn children() -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields.iter().skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// The most memory that a process has held so far.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn parse(file: &str, read: impl Fn(&str) -> usize) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, File::open(file)?);
    let (mut line, mut sum) = (String::new(), 0);
    while input.read_line(&mut line)? > 0 {
        sum += read(&line);
        line.clear();
    }
    std::hint::black_box(sum);
    Ok(())
}

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
