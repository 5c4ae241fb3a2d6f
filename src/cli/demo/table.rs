//! The table of the demo: each world, what the browser says of it, and what is really wrong.

use colored::Colorize;

use super::Played;
use crate::cli::terminal;

/// The table, as wide as the terminal; nothing when quiet.
pub(super) fn write(played: &[Played], quiet: u8) -> String {
    let mut out = String::new();
    if quiet > 0 {
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
    let (name, says) = (pad(&label(world), columns.name), pad(&says(world), columns.says));
    format!("{} {name}  {}  {}\n", mark(world), says.dimmed(), cut(&cause(world), columns.cause))
}

fn stacked(world: &Played, width: usize) -> String {
    let inner = width.saturating_sub(4);
    let (name, says, cause) = (cut(&label(world), inner), cut(&says(world), inner), cut(&cause(world), inner));
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
        let says = longest(|p| says(p).chars().count()).min(left * 9 / 20);
        Self { name: longest(|p| label(p).chars().count()).min(left.saturating_sub(says)), says, cause }
    }
}

/// What Chromium says, in a word.
fn says(world: &Played) -> String {
    let network_error = || {
        let console = world.browser.console.as_deref()?;
        let start = console.find("net::ERR_")?;
        console.get(start..)?.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).next().map(str::to_owned)
    };
    match (world.allowed, &world.browser.cors_error) {
        (Some(true), _) => "nothing: it is allowed".into(),
        (_, Some(error)) => error.clone(),
        _ => network_error().unwrap_or_else(|| "a network error".into()),
    }
}
