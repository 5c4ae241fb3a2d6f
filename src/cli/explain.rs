//! `whycors explain`: the catalogue of causes, as a list or one in full.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use colored::Colorize;
use serde::Serialize;

use super::output::{Trouble, deliver};
use super::{Exit, Global, terminal};
use crate::cause::{Kind, Rule, families, nearest, rule};
use crate::report::{docs, wrapping};

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A code, as a report or a finding gives it; without one, the list
    code: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Human,
    Json,
}

/// One entry as JSON.
#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    title: &'a str,
    kind: &'a str,
    family: &'a str,
    layer: String,
    docs: String,
}

pub(crate) fn run(args: ExplainArgs, global: Global) -> Result<Exit, Trouble> {
    let text = match (&args.code, args.format) {
        (None, Format::Human) => list(global.quiet > 0),
        (None, Format::Json) => json(&entries().collect::<Vec<_>>())?,
        (Some(code), Format::Human) => page(known(code)?),
        (Some(code), Format::Json) => {
            let code = known(code)?.code;
            json(&entries().find(|entry| entry.code == code))?
        }
    };
    deliver(&text, None)?;
    Ok(Exit::Ok)
}

fn known(code: &str) -> Result<&'static Rule, Trouble> {
    if let Some(rule) = rule(&code.to_ascii_lowercase()) {
        return Ok(rule);
    }
    let hint = nearest(code).map(|rule| format!("; did you mean {}?", rule.code));
    Err(Trouble::new(format!("{code:?} is not a code of the catalogue{}", hint.unwrap_or_else(|| "; `whycors explain` lists them".into()))))
}

/// Codes and titles by family; only the codes when `bare`.
fn list(bare: bool) -> String {
    let mut out = String::new();
    for (family, rules) in families().filter(|(_, rules)| !rules.is_empty()) {
        let mut rules = rules.to_vec();
        rules.sort_by_key(|rule| rule.code);
        if bare {
            out.extend(rules.iter().map(|rule| format!("{}\n", rule.code)));
            continue;
        }
        let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, family.bold());
        for rule in rules {
            item(&mut out, rule);
        }
    }
    out
}

fn item(out: &mut String, rule: &Rule) {
    let width = terminal::width();
    let note = if rule.kind == Kind::Note { " (finding)" } else { "" };
    let title = format!("{}{note}", rule.title);
    let column = if width < 80 { 6 } else { 42 };
    let indent = " ".repeat(column);
    let options = wrapping(width).initial_indent(&indent).subsequent_indent(&indent);
    let wrapped = textwrap::fill(&title, options);
    // The code stands in the free space before the first line, where it fits.
    if rule.code.len() + 3 < column {
        let gap = " ".repeat(column - 2 - rule.code.len());
        let _ = writeln!(out, "  {}{gap}{}", rule.code.cyan(), wrapped.trim_start());
    } else {
        let _ = writeln!(out, "  {}\n{wrapped}", rule.code.cyan());
    }
}

fn page(rule: &Rule) -> String {
    let kind = if rule.kind == Kind::Note { "finding" } else { "cause" };
    let head = textwrap::fill(&format!("{kind} {}: {}", rule.code, rule.title), terminal::width());
    format!("{}\n{}", head.bold(), docs::write(rule.docs, terminal::width()))
}

fn entries() -> impl Iterator<Item = Entry<'static>> {
    families().flat_map(|(family, rules)| {
        rules.iter().map(move |rule| Entry {
            code: rule.code,
            title: rule.title,
            kind: if rule.kind == Kind::Note { "finding" } else { "cause" },
            family,
            layer: rule.layer.name(),
            docs: docs::lines(rule.docs).collect::<Vec<_>>().join("\n"),
        })
    })
}

fn json(value: &impl Serialize) -> Result<String, Trouble> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Trouble::new(format!("cannot write JSON: {e}")))?;
    Ok(text + "\n")
}
