//! `whycors completions` and `whycors man`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Command};
use clap_complete::Shell;

use super::output::{Trouble, deliver};
use super::{Exit, Global, environment, worlds};
use crate::cause::rules;

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completions(args: CompletionsArgs, _global: Global) -> Result<Exit, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut with_names(environment::command()), "whycors", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if args.shell == Shell::Fish {
        script.push_str(&fish_names());
    }
    deliver(&script, None)?;
    Ok(Exit::Ok)
}

/// The script for fish leaves the values of arguments out; codes and worlds are worth having.
fn fish_names() -> String {
    let line = |commands: &str, name: &str, about: &str| {
        let about = about.replace(['\'', '\\'], "");
        format!("complete -c whycors -n \"__fish_whycors_using_subcommand {commands}\" -f -a '{name}' -d '{about}'\n")
    };
    let codes = rules().map(|rule| line("explain", rule.code, rule.title));
    let worlds = worlds::all().unwrap_or_default();
    let worlds = worlds.iter().flat_map(|world| ["demo", "lab"].map(|command| line(command, &world.name, &world.title)));
    codes.chain(worlds).collect()
}

/// The command line for completions: the codes and the worlds by name. Elsewhere they would bury an error among hundreds of names.
fn with_names(command: Command) -> Command {
    let codes = rules().map(|rule| PossibleValue::new(rule.code).help(rule.title));
    let codes = PossibleValuesParser::new(codes);
    let worlds = worlds::all().unwrap_or_default();
    let worlds = PossibleValuesParser::new(worlds.into_iter().map(|world| PossibleValue::new(world.name).help(world.title)));
    command
        .mut_subcommand("explain", |explain| explain.mut_arg("code", |code| code.value_parser(codes)))
        .mut_subcommand("demo", |demo| demo.mut_arg("name", |name| name.value_parser(worlds.clone())))
        .mut_subcommand("lab", |lab| lab.mut_arg("names", |names| names.value_parser(worlds)))
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command whose page is wanted; without it the page of whycors
    #[arg(value_name = "COMMAND", conflicts_with = "directory")]
    command: Option<String>,
    /// Write the pages of all commands into this directory
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

pub(crate) fn man(args: ManArgs, _global: Global) -> Result<Exit, Trouble> {
    let mut whole = environment::command();
    whole.build();
    if let Some(directory) = &args.directory {
        deliver(&page(&whole, "whycors")?, Some(&directory.join("whycors.1")))?;
        for command in whole.get_subcommands().filter(|command| command.get_name() != "help") {
            let name = format!("whycors-{}", command.get_name());
            deliver(&page(command, &name)?, Some(&directory.join(format!("{name}.1"))))?;
        }
        return Ok(Exit::Ok);
    }
    let text = match &args.command {
        None => page(&whole, "whycors")?,
        Some(name) => {
            let command = whole.get_subcommands().find(|command| command.get_name() == name);
            let command = command.ok_or_else(|| Trouble::new(format!("{name:?} is not a command; whycors --help lists them")))?;
            page(command, &format!("whycors-{name}"))?
        }
    };
    deliver(&text, None)?;
    Ok(Exit::Ok)
}

/// A page in roff.
fn page(command: &Command, name: &str) -> Result<String, Trouble> {
    let mut text = Vec::new();
    let source = concat!("whycors ", env!("CARGO_PKG_VERSION"));
    let page = clap_mangen::Man::new(command.clone()).title(name.to_uppercase()).source(source).manual("User Commands");
    page.render(&mut text).map_err(|error| Trouble::new(format!("cannot write the page of {name}: {error}")))?;
    Ok(with_examples(&String::from_utf8_lossy(&text)))
}

/// The examples under a heading of their own, one a line.
fn with_examples(page: &str) -> String {
    let Some((before, after)) = page.split_once(".SH EXTRA\n") else { return page.to_owned() };
    let (extra, rest) = after.split_once("\n.SH").map_or((after, String::new()), |(extra, rest)| (extra, format!("\n.SH{rest}")));
    let lines: Vec<&str> = extra.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    format!("{before}.SH EXAMPLES\n.nf\n{}\n.fi{rest}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let mut whole = environment::command();
        whole.build();
        for command in whole.get_subcommands() {
            assert!(page(command, command.get_name()).unwrap().contains(".SH NAME"), "{}", command.get_name());
        }
    }
}
