//! `whycors demo`: plays the worlds of the lab, probes them through the real network path, and shows who was right.

mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use colored::Colorize;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::output::{Trouble, complain, deliver};
use super::{Exit, Global, interrupt, runtime, terminal, worlds};
use crate::lab::Lab;
use crate::report::human::{self, HumanOptions};
use crate::report::{Report, SCHEMA_VERSION, Tool, wrapping};
use crate::verdict::BrowserVerdict;
use crate::world::World;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// One world, shown in full; without it all of them, as a table
    name: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Worlds at a time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Human,
    Json,
}

/// A world that was played and probed.
#[derive(Debug, Serialize)]
struct Played {
    name: String,
    title: String,
    matched: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortfalls: Vec<String>,
    allowed: Option<bool>,
    browser: BrowserVerdict,
    cause: Option<String>,
    expected_cause: Option<String>,
    duration_ms: f64,
    #[serde(skip)]
    report: Option<Report>,
}

#[derive(Serialize)]
struct Summary {
    worlds: usize,
    matched: usize,
    duration_ms: u128,
}

pub(crate) fn run(args: DemoArgs, global: Global) -> Result<Exit, Trouble> {
    let worlds = match &args.name {
        Some(name) => vec![worlds::find(name)?],
        None => worlds::all()?,
    };
    let begun = Instant::now();
    let (played, all) = runtime::block_on(play(worlds, usize::from(args.jobs)))??;
    if !all {
        complain(interrupt::TOLD);
    }
    let matched = played.iter().filter(|p| p.matched).count();
    let text = match (args.format, &args.name) {
        (Format::Human, Some(_)) => played.iter().map(|p| in_full(p, global)).collect(),
        (Format::Human, None) => format!("{}{}", table::write(&played, global.quiet), summary(&played, begun.elapsed())),
        (Format::Json, _) => json(&played, begun.elapsed())?,
    };
    if global.quiet < 2 {
        deliver(&text, None)?;
    }
    Ok(if matched == played.len() { Exit::Ok.unless_all(all) } else { Exit::Blocked })
}

/// Plays and probes, so many at a time; the results come in the order of the worlds, and whether they are all.
async fn play(worlds: Vec<World>, jobs: usize) -> Result<(Vec<Played>, bool), Trouble> {
    let trouble = |name: &str, error: &dyn std::fmt::Display| Trouble::new(format!("the lab cannot play {name}: {error}"));
    let lab = Lab::new().map_err(|error| trouble("anything", &error))?;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let places = Arc::new(Semaphore::new(jobs));
    let mut visits = JoinSet::new();
    for (number, world) in worlds.into_iter().enumerate() {
        let (lab, places) = (lab.clone(), Arc::clone(&places));
        visits.spawn(async move {
            let _place = places.acquire_owned().await;
            let visit = lab.visit(world.clone(), now).await;
            (number, visit.map(|visit| Played::of(&world, visit.run)).map_err(|error| (world.name, error)))
        });
    }
    let mut played = Vec::new();
    let mut interrupted = std::pin::pin!(interrupt::wait());
    let all = loop {
        let visit = tokio::select! {
            visit = visits.join_next() => visit,
            () = &mut interrupted => break false,
        };
        let Some(visit) = visit else { break true };
        let (number, result) = visit.map_err(|error| trouble("a world", &error))?;
        played.push((number, result.map_err(|(name, error)| trouble(&name, &error))?));
    };
    played.sort_by_key(|(number, _)| *number);
    Ok((played.into_iter().map(|(_, played)| played).collect(), all))
}

impl Played {
    fn of(world: &World, run: crate::probe::Run) -> Self {
        let shortfalls = world.shortfalls(&run.outcome);
        let mut report = Report::of(run.outcome, Some(run.duration_ms));
        report.redact();
        Self {
            name: world.name.clone(),
            title: world.title.clone(),
            matched: shortfalls.is_empty(),
            shortfalls,
            allowed: report.verdict.allowed,
            browser: report.verdict.browsers.chromium.clone(),
            cause: report.diagnosis.as_ref().map(|d| d.cause.clone()),
            expected_cause: world.expect.cause.clone(),
            duration_ms: run.duration_ms,
            report: Some(report),
        }
    }
}

fn summary(played: &[Played], time: Duration) -> String {
    let wrong: Vec<&Played> = played.iter().filter(|p| !p.matched).collect();
    let worlds = format!("{} worlds played on loopback and probed in {:.1} s", played.len(), time.as_secs_f64());
    if wrong.is_empty() {
        return format!("\n{worlds}: {}\n", "every diagnosis is right.".green());
    }
    let mut out = format!("\n{worlds}: {} diagnoses are not what was expected.\n", wrong.len());
    for world in wrong {
        out.extend(world.shortfalls.iter().map(|short| format!("  {}: {short}\n", world.name)));
    }
    out
}

fn in_full(played: &Played, global: Global) -> String {
    let options = HumanOptions { width: terminal::width(), verbose: global.verbose, quiet: global.quiet, ..HumanOptions::default() };
    let Some(report) = &played.report else { return String::new() };
    if global.quiet > 0 {
        return human::write(report, &options);
    }
    let story = textwrap::fill(&format!("{}: {}.", played.name, played.title), wrapping(options.width));
    let ending = if played.matched {
        "✓ This is what is wrong in this world.".green().to_string()
    } else {
        format!("✗ Not what was expected: {}", played.shortfalls.join("; ")).red().to_string()
    };
    format!("{}\n\n{}\n{ending}\n", story.italic(), human::write(report, &options))
}

fn json(played: &[Played], time: Duration) -> Result<String, Trouble> {
    let summary = Summary { worlds: played.len(), matched: played.iter().filter(|p| p.matched).count(), duration_ms: time.as_millis() };
    let value = serde_json::json!({"schema_version": SCHEMA_VERSION, "tool": Tool::default(), "summary": summary, "worlds": played});
    let text = serde_json::to_string_pretty(&value).map_err(|error| Trouble::new(format!("cannot write JSON: {error}")))?;
    Ok(text + "\n")
}
