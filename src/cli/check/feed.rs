//! Where checks come from: files read whole, fleets read as a stream.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::batch::{Dealer, Numbered};
use crate::cli::output::{Trouble, complain, read_bounded};
use crate::suite::{self, Check, Shard, fleet_line};
use crate::web::Origin;

/// Largest file of checks.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Longest line of a fleet.
const MAX_LINE: u64 = 1024 * 1024;
/// Checks of a list that one lane does as soon as several would.
const FEW: usize = 256;

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
                feed.checks.extend(checks(file, feed.origin.as_ref())?);
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

    /// The command line's own time-out counts for every check.
    pub(super) fn forget_timeouts(&mut self) {
        self.checks.iter_mut().for_each(|check| check.timeout = None);
    }

    /// Whether there is a fleet among them.
    pub(super) fn streams(&self) -> bool {
        !self.fleets.is_empty()
    }

    /// The checks that are known.
    pub(super) fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Deals known checks; a few to one lane.
    pub(super) fn deal(checks: Vec<Check>, lanes: usize) -> Vec<Hands> {
        let lanes = if checks.len() < FEW { 1 } else { lanes };
        Dealer::all(checks, lanes)
    }

    /// Starts to read the fleets on a thread of their own: a slow pipe must not hold up the clocks of the probes.
    pub(super) fn start(self, lanes: usize) -> Result<Vec<Hands>, Trouble> {
        if self.fleets.is_empty() {
            return Ok(Self::deal(self.checks, lanes));
        }
        let (dealer, hands) = Dealer::new(lanes);
        let spawned = std::thread::Builder::new().name("fleet".into()).spawn(move || self.pump(dealer));
        spawned.map_err(|e| Trouble::new(format!("the system gives no thread to read with: {e}")))?;
        Ok(hands)
    }

    /// Deals everything, until a lane has gone.
    fn pump(self, mut dealer: Dealer) {
        let mut number = 0;
        let mut wanted = self.checks.into_iter().all(|check| dealer.deal(check));
        for path in &self.fleets {
            let file = path.display().to_string();
            let read = open(path).and_then(|input| {
                each_line(input, |line| {
                    match line {
                        Line::ToCome => wanted &= dealer.rest(),
                        Line::Text(line, text) => {
                            if self.shard.is_none_or(|shard| shard.takes(number)) {
                                match text.and_then(|text| fleet_line(&file, line, text, self.origin.as_ref())) {
                                    Ok(check) => wanted &= dealer.deal(check),
                                    Err(problem) => unreadable(path, line, &problem),
                                }
                            }
                            number += 1;
                        }
                    }
                    wanted
                })
            });
            if let Err(error) = read {
                unreadable(path, 0, &error.to_string());
            }
            if !wanted {
                return;
            }
        }
        dealer.rest();
    }
}

/// What a lane gets.
pub(super) type Hands = mpsc::Receiver<Vec<Numbered>>;

/// Says what could not be read; the run ends with 2 for it.
fn unreadable(path: &Path, line: usize, problem: &str) {
    super::gather::UNREADABLE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let place = if line == 0 { String::new() } else { format!(", line {line}") };
    complain(format_args!("{}{place}: {problem}; skipped", path.display()));
}

fn is_fleet(file: &Path) -> bool {
    file.as_os_str() == "-" || file.extension().is_some_and(|e| e.eq_ignore_ascii_case("ndjson") || e.eq_ignore_ascii_case("jsonl"))
}

/// A file, or standard input for `-`.
pub(super) fn open(path: &Path) -> io::Result<BufReader<Box<dyn Read>>> {
    let input: Box<dyn Read> = if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    Ok(BufReader::with_capacity(1 << 16, input))
}

/// What reading a fleet meets.
enum Line<'t> {
    /// The number of a line that is not blank, and its text, or why it has none.
    Text(usize, Result<&'t str, String>),
    /// The next line may have to be waited for.
    ToCome,
}

/// Gives each line; of one that is too long the rest is passed over.
fn each_line(mut input: BufReader<Box<dyn Read>>, mut take: impl FnMut(Line<'_>) -> bool) -> io::Result<()> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if !input.buffer().contains(&b'\n') && !take(Line::ToCome) {
            return Ok(());
        }
        if input.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        let is_whole = bytes.len() as u64 <= MAX_LINE || bytes.ends_with(b"\n");
        if !is_whole {
            input.skip_until(b'\n')?;
        }
        let bare = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(&bytes).trim_ascii();
        let text = match std::str::from_utf8(bare) {
            _ if !is_whole => Err(format!("the line is longer than {} MiB", MAX_LINE >> 20)),
            Ok(text) => Ok(text),
            Err(error) => Err(format!("not UTF-8 text (byte {})", error.valid_up_to() + 1)),
        };
        if (!bare.is_empty() || !is_whole) && !take(Line::Text(number, text)) {
            return Ok(());
        }
    }
    Ok(())
}

fn checks(file: &Path, origin: Option<&Origin>) -> Result<Vec<Check>, Trouble> {
    let bytes = read_bounded(file, MAX_FILE)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Trouble::new(format!("{}: not UTF-8 text; a TOML file of checks is expected", file.display())))?;
    if text.trim_start().starts_with('{') {
        let told =
            "this is JSON, not the TOML of a file of checks; the name of a fleet, with one ask a line, ends in .ndjson or .jsonl, or is -";
        return Err(Trouble::new(format!("{}: {told}", file.display())));
    }
    let parsed = suite::parse(&file.display().to_string(), &text, origin, &|name| std::env::var(name).ok());
    parsed.map_err(|mistakes| {
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Trouble::new(said.join("\n"))
    })
}
