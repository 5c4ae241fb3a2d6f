//! `whycors demo`: plays the worlds of the lab, probes them through the real network path, and shows who was right.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use colored::Colorize;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::output::{Trouble, deliver};
use super::{Exit, Global, runtime, terminal, worlds};
use crate::lab::Lab;
use crate::report::human::{self, HumanOptions};
use crate::report::{Report, SCHEMA_VERSION, Tool};
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
    let played = runtime::block_on(play(worlds, usize::from(args.jobs)))??;
    let matched = played.iter().filter(|p| p.matched).count();
    let text = match (args.format, &args.name) {
        (Format::Human, Some(_)) => played.iter().map(|p| in_full(p, global)).collect(),
        (Format::Human, None) => format!("{}{}", table(&played, global), summary(&played, begun.elapsed())),
        (Format::Json, _) => json(&played, begun.elapsed())?,
    };
    if global.quiet < 2 {
        deliver(&text, None)?;
    }
    Ok(if matched == played.len() { Exit::Ok } else { Exit::Blocked })
}

/// Plays and probes, so many at a time; the results come in the order of the worlds.
async fn play(worlds: Vec<World>, jobs: usize) -> Result<Vec<Played>, Trouble> {
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
    while let Some(visit) = visits.join_next().await {
        let (number, result) = visit.map_err(|error| trouble("a world", &error))?;
        played.push((number, result.map_err(|(name, error)| trouble(&name, &error))?));
    }
    played.sort_by_key(|(number, _)| *number);
    Ok(played.into_iter().map(|(_, played)| played).collect())
}

impl Played {
    fn of(world: &World, run: crate::probe::Run) -> Self {
        let shortfalls = world.shortfalls(&run.outcome);
        let report = Report::of(run.outcome, Some(run.duration_ms));
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

    /// What Chromium says, in a word.
    fn says(&self) -> String {
        let network_error = || {
            let console = self.browser.console.as_deref()?;
            let start = console.find("net::ERR_")?;
            console.get(start..)?.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).next().map(str::to_owned)
        };
        match (self.allowed, &self.browser.cors_error) {
            (Some(true), _) => "nothing: it is allowed".into(),
            (_, Some(error)) => error.clone(),
            _ => network_error().unwrap_or_else(|| "a network error".into()),
        }
    }
}

/// The columns of the table, in characters. The cause is shown whole before the others are.
struct Columns {
    name: usize,
    says: usize,
    cause: usize,
}

impl Columns {
    fn of(played: &[Played], width: usize) -> Self {
        let longest = |text: fn(&Played) -> usize| played.iter().map(text).max().unwrap_or_default();
        let cause = longest(|p| cause(p).chars().count()).min(width / 2);
        let left = width.saturating_sub(cause + 6);
        let says = longest(|p| p.says().chars().count()).min(left * 9 / 20);
        Self { name: longest(|p| label(p).chars().count()).min(left.saturating_sub(says)), says, cause }
    }
}

fn table(played: &[Played], global: Global) -> String {
    let mut out = String::new();
    if global.quiet > 0 {
        return out;
    }
    let width = terminal::width();
    let columns = Columns::of(played, width);
    let mut part = "";
    for world in played {
        let new = if world.name.starts_with("story/") { "Stories" } else { "Causes, and what looks like them" };
        if new != part {
            part = new;
            out.push_str(&heading(part, &columns, width));
        }
        out.push_str(&if is_narrow(width) { stacked(world, width) } else { row(world, &columns) });
    }
    out
}

/// Where three columns do not fit, each world takes three lines.
fn is_narrow(width: usize) -> bool {
    width < 90
}

fn heading(part: &str, columns: &Columns, width: usize) -> String {
    if is_narrow(width) {
        return format!("{}\n", part.bold());
    }
    let (name, says) = (pad(part, columns.name + 2), pad("the browser says", columns.says));
    format!("{}  {}  {}\n", name.bold(), says.bold(), "what is really wrong".bold())
}

fn row(world: &Played, columns: &Columns) -> String {
    let (name, says) = (pad(&label(world), columns.name), pad(&world.says(), columns.says));
    format!("{} {name}  {}  {}\n", mark(world), says.dimmed(), cut(&cause(world), columns.cause))
}

fn stacked(world: &Played, width: usize) -> String {
    let inner = width.saturating_sub(4);
    let (name, says, cause) = (cut(&label(world), inner), cut(&world.says(), inner), cut(&cause(world), inner));
    format!("{} {name}\n    {}\n    {cause}\n", mark(world), says.dimmed())
}

/// A world's name without its folder; a near miss is named below the cause that it could be mistaken for.
fn label(world: &Played) -> String {
    match world.name.split_once("/near/") {
        Some((_, "none")) => "  or nothing?".into(),
        Some((_, other)) => format!("  or {other}?"),
        None => world.name.split_once('/').map_or(world.name.as_str(), |(_, short)| short).to_owned(),
    }
}

fn cause(world: &Played) -> String {
    let found = world.cause.as_deref().unwrap_or(if world.allowed == Some(true) { "nothing" } else { "?" });
    if world.cause == world.expected_cause {
        return found.to_owned();
    }
    format!("{found}, not {}", world.expected_cause.as_deref().unwrap_or("nothing"))
}

fn mark(world: &Played) -> String {
    if world.matched { "✓".green().to_string() } else { "✗".red().to_string() }
}

/// Cut to so many characters, an ellipsis at the end.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

fn pad(text: &str, width: usize) -> String {
    format!("{:<width$}", cut(text, width))
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
    let story = textwrap::fill(&format!("{}: {}.", played.name, played.title), options.width);
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
