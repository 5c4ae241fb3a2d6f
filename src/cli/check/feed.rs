//! Where checks come from: files read whole, fleets read as a stream.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::cli::output::{Trouble, complain, read_bounded};
use crate::suite::{self, Check, Shard, fleet_line};
use crate::web::Origin;

/// Largest file of checks.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Longest line of a fleet.
const MAX_LINE: u64 = 1024 * 1024;
/// Lines read ahead of the work.
const AHEAD: usize = 1024;

/// Checks that are known, and fleets that are still to be read.
pub(super) struct Feed {
    checks: Vec<Check>,
    fleets: Vec<PathBuf>,
    origin: Option<Origin>,
    shard: Option<Shard>,
}

impl Feed {
    /// Reads the files of checks; every mistake is said before anything is sent.
    pub(super) fn open(files: &[PathBuf], origin: Option<&str>, shard: Option<Shard>) -> Result<Self, Trouble> {
        let origin = origin.map(|o| Origin::parse(o).map_err(|e| Trouble::new(format!("--origin: {e}")))).transpose()?;
        let mut feed = Self { checks: Vec::new(), fleets: Vec::new(), origin, shard };
        for file in files {
            if is_fleet(file) {
                if file.as_os_str() != "-" {
                    File::open(file).map_err(|e| Trouble::read(file, &e))?;
                }
                feed.fleets.push(file.clone());
            } else {
                feed.checks.extend(checks(file)?);
            }
        }
        if let Some(shard) = shard {
            let mut number = 0;
            feed.checks.retain(|_| {
                number += 1;
                shard.takes(number - 1)
            });
        }
        Ok(feed)
    }

    /// Whether there is a fleet among them.
    pub(super) fn streams(&self) -> bool {
        !self.fleets.is_empty()
    }

    /// The checks that are known.
    pub(super) fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// A queue of checks.
    pub(super) fn queue(checks: Vec<Check>) -> mpsc::Receiver<Check> {
        let (sender, receiver) = mpsc::channel(checks.len().max(1));
        for check in checks {
            // The queue was made to hold all of them.
            let _ = sender.try_send(check);
        }
        receiver
    }

    /// Starts to read the fleets on a thread of their own: a slow pipe must not hold up the clocks of the probes.
    pub(super) fn start(self) -> Result<mpsc::Receiver<Check>, Trouble> {
        if self.fleets.is_empty() {
            return Ok(Self::queue(self.checks));
        }
        let (sender, receiver) = mpsc::channel(AHEAD);
        let spawned = std::thread::Builder::new().name("fleet".into()).spawn(move || self.pump(&sender));
        spawned.map_err(|e| Trouble::new(format!("the system gives no thread to read with: {e}")))?;
        Ok(receiver)
    }

    fn pump(self, sender: &mpsc::Sender<Check>) {
        for check in self.checks {
            if sender.blocking_send(check).is_err() {
                return;
            }
        }
        let mut number = 0;
        for path in &self.fleets {
            let input: Box<dyn BufRead> = match open(path) {
                Ok(input) => input,
                Err(error) => {
                    unreadable(path, 0, &error.to_string());
                    continue;
                }
            };
            let read = each_line(input, |line, text| {
                if self.shard.is_none_or(|shard| shard.takes(number)) {
                    match fleet_line(&path.display().to_string(), line, text, self.origin.as_ref()) {
                        Ok(check) => {
                            if sender.blocking_send(check).is_err() {
                                return false;
                            }
                        }
                        Err(problem) => unreadable(path, line, &problem),
                    }
                }
                number += 1;
                true
            });
            if let Err(error) = read {
                unreadable(path, 0, &error.to_string());
            }
        }
    }
}

/// Says what could not be read; the run ends with 2 for it.
fn unreadable(path: &Path, line: usize, problem: &str) {
    super::gather::UNREADABLE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let place = if line == 0 { String::new() } else { format!(", line {line}") };
    complain(format_args!("{}{place}: {problem}; skipped", path.display()));
}

fn is_fleet(file: &Path) -> bool {
    file.as_os_str() == "-" || file.extension().is_some_and(|e| e.eq_ignore_ascii_case("ndjson") || e.eq_ignore_ascii_case("jsonl"))
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    Ok(if path.as_os_str() == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(1 << 16, File::open(path)?))
    })
}

/// Gives each line with its number; blank ones are left out, overlong ones are an error of their own.
fn each_line(mut input: Box<dyn BufRead>, mut take: impl FnMut(usize, &str) -> bool) -> io::Result<()> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if input.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        if bytes.len() as u64 == MAX_LINE && !bytes.ends_with(b"\n") {
            return Err(io::Error::other(format!("line {number} is longer than {MAX_LINE} bytes; the rest is not read")));
        }
        let text = String::from_utf8_lossy(&bytes);
        if !text.trim().is_empty() && !take(number, text.trim()) {
            return Ok(());
        }
    }
    Ok(())
}

fn checks(file: &Path) -> Result<Vec<Check>, Trouble> {
    let bytes = read_bounded(file, MAX_FILE)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Trouble::new(format!("{}: not UTF-8 text; a TOML file of checks is expected", file.display())))?;
    let parsed = suite::parse(&file.display().to_string(), &text, &|name| std::env::var(name).ok());
    parsed.map_err(|mistakes| {
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Trouble::new(said.join("\n"))
    })
}
