//! `probe -` and `--from FILE`: what was pasted, as jobs to do.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::ask::AskArgs;
use super::output::{Trouble, complain};
use super::probe::{refuse_forbidden, target_url};
use crate::ask::Ask;
use crate::evidence::Evidence;
use crate::intake::{Hints, Intake, Lookalike, MAX_TEXT, Meaning, Source, is_archive, read, read_archive};
use crate::web::Origin;

/// Largest HAR file; it is read as it streams in.
const MAX_ARCHIVE: u64 = 16 << 30;

/// Largest input that is held in memory: anything else, and what has to be decoded first.
const MAX_HELD: u64 = 64 << 20;

/// Bytes that are read before anything is decided: most inputs end there.
const BEGINNING: u64 = MAX_TEXT as u64 + 1;

/// How many lines tell what was understood.
const SHOWN: usize = 20;

/// Where the request comes from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FromArgs {
    /// The URL that the page asks for, `-` for standard input, or a copied command in quotes
    #[arg(value_name = "TARGET", required_unless_present = "from")]
    pub(crate) target: Option<String>,
    /// Read a pasted request from this file: a URL, "Copy as cURL", "Copy as fetch", a HAR file, a console message,
    /// the JSON of a presigned form
    #[arg(long, env = "WHYCORS_FROM", value_name = "FILE", conflicts_with = "target")]
    pub(crate) from: Option<PathBuf>,
    /// Send nothing: judge what the HAR file recorded
    #[arg(long, env = "WHYCORS_OFFLINE")]
    pub(crate) offline: bool,
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// Probe it; `failed` when the text says that the browser let nothing through.
    Probe { ask: Box<Ask>, failed: bool },
    /// Judge what was recorded.
    Replay(Box<Evidence>),
    /// Say that it is not CORS.
    Tell(Box<Lookalike>),
}

impl FromArgs {
    /// What there is to do. At least one job, unless everything is offline and nothing was recorded.
    pub(crate) fn jobs(&self, ask: &AskArgs, global: Global) -> Result<Vec<Job>, Trouble> {
        let origin = || ask.origin.as_deref().map(|o| Origin::parse(o).map_err(|e| Trouble::new(format!("--origin: {e}")))).transpose();
        let hints = || origin().map(|origin| Hints { origin, fallback: ask.defaults.origin.clone() });
        let intakes = match (&self.from, self.target.as_deref()) {
            (Some(path), _) if path.as_os_str() != "-" => {
                let file = File::open(path).map_err(|error| Trouble::read(path, &error))?;
                understood(file, &path.display().to_string(), &hints()?)?
            }
            (Some(_), _) | (None, Some("-")) => understood(io::stdin().lock(), "standard input", &hints()?)?,
            (None, Some(pasted)) if pasted.trim().contains(char::is_whitespace) => {
                understood(pasted.as_bytes(), "the argument", &hints()?)?
            }
            (None, target) => return self.of_url(target.unwrap_or_default(), ask),
        };
        tell(&intakes, global);
        let mut jobs = Vec::with_capacity(intakes.len());
        for intake in intakes {
            jobs.extend(self.job(intake, ask)?);
        }
        Ok(jobs)
    }

    fn of_url(&self, target: &str, args: &AskArgs) -> Result<Vec<Job>, Trouble> {
        let ask = args.ask(target_url(target)?)?;
        refuse_forbidden(&ask)?;
        if self.offline {
            return Err(Trouble::new("--offline needs recorded exchanges: give a HAR file with --from"));
        }
        Ok(vec![Job::Probe { ask: Box::new(ask), failed: false }])
    }

    fn job(&self, intake: Intake, args: &AskArgs) -> Result<Option<Job>, Trouble> {
        let Intake { source, understood, meaning } = intake;
        Ok(match meaning {
            Meaning::Lookalike(found) => Some(Job::Tell(found)),
            Meaning::LeftOut => {
                complain(format_args!("{understood}"));
                None
            }
            Meaning::Ask { recorded, mut ask } => {
                args.overlay(&mut ask)?;
                target_url(ask.url.as_str())?;
                refuse_forbidden(&ask)?;
                match recorded {
                    _ if !self.offline => {
                        // A record that was hidden from the page, or a message: the browser said no.
                        let failed = recorded.is_none() && matches!(source, Source::Har | Source::Console);
                        Some(Job::Probe { ask, failed })
                    }
                    Some(mut evidence) => {
                        evidence.ask = *ask;
                        Some(Job::Replay(evidence))
                    }
                    None if source == Source::Har => {
                        complain(format_args!(
                            "{understood}: the browser hid the answer from its own record; without --offline it is probed"
                        ));
                        None
                    }
                    None => return Err(Trouble::new("--offline needs recorded exchanges, and only a HAR file has them")),
                }
            }
        })
    }
}

/// Says what was understood, before anything is sent.
fn tell(intakes: &[Intake], global: Global) {
    if global.quiet > 0 {
        return;
    }
    let understood = || intakes.iter().filter(|intake| intake.meaning != Meaning::LeftOut);
    for intake in understood().take(SHOWN) {
        complain(format_args!("understood {}", crate::report::escape::terminal(&intake.understood)));
    }
    let more = understood().count().saturating_sub(SHOWN);
    if more > 0 {
        complain(format_args!("understood {more} more"));
    }
}

/// What an input says: a large HAR file as it streams in, anything else in one piece.
fn understood(mut input: impl Read, name: &str, hints: &Hints) -> Result<Vec<Intake>, Trouble> {
    let unreadable = |error: io::Error| Trouble::new(format!("cannot read {name}: {error}"));
    let mut bytes = Vec::new();
    input.by_ref().take(BEGINNING).read_to_end(&mut bytes).map_err(unreadable)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let found = if bytes.len() > MAX_TEXT && is_archive(&String::from_utf8_lossy(text.get(..1000).unwrap_or_default())) {
        read_archive(text.chain(input).take(MAX_ARCHIVE), hints)
    } else {
        input.take(MAX_HELD + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_HELD {
            return Err(Trouble::new(format!("{name} is larger than {} MiB, which only a HAR file in UTF-8 may be", MAX_HELD >> 20)));
        }
        read(&decode(bytes)?, hints)
    };
    found.map_err(|error| Trouble::new(error.to_string()))
}

/// UTF-8, or UTF-16 as PowerShell's redirection writes it; what is neither is read as far as it goes.
fn decode(bytes: Vec<u8>) -> Result<String, Trouble> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => Ok(wide(u16::from_le_bytes)),
        Some([0xfe, 0xff]) => Ok(wide(u16::from_be_bytes)),
        _ if bytes.iter().take(4096).filter(|b| **b == 0).count() > 0 => {
            Err(Trouble::new("the input is not text; expected a URL, a copied command, a HAR file, a presigned form or a console message"))
        }
        _ => Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_shells_write() {
        assert_eq!(decode(b"\xff\xfea\0b\0".to_vec()).unwrap(), "ab");
        assert_eq!(decode(b"\xfe\xff\0a".to_vec()).unwrap(), "a");
        assert_eq!(decode(b"caf\xe9".to_vec()).unwrap(), "caf\u{fffd}");
        assert!(decode(b"PK\x03\x04\0\0".to_vec()).is_err());
    }

    #[test]
    fn a_har_can_be_judged_offline() {
        let har = include_str!("../../fixtures/intake/har-firefox.txt").split_once("---\n").unwrap().1;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), har).unwrap();
        let from = FromArgs { target: None, from: Some(file.path().to_owned()), offline: true };
        let jobs = from.jobs(&AskArgs::default(), Global { quiet: 1, verbose: 0 }).unwrap();
        assert!(jobs.len() == 2 && jobs.iter().all(|job| matches!(job, Job::Replay(_))), "{jobs:?}");
        let alone = FromArgs { target: Some("https://api.example.com/".into()), from: None, offline: true };
        let ask = AskArgs { origin: Some("https://app.example.com".into()), ..AskArgs::default() };
        assert!(alone.jobs(&ask, Global { quiet: 1, verbose: 0 }).unwrap_err().to_string().contains("HAR"));
    }
}
