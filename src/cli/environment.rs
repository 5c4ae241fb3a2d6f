//! An environment variable for every option, so that a container or a CI job needs no long command line.
//!
//! `--dns-server` is `WHYCORS_DNS_SERVER`; options that only one of the side commands has carry its name (`WHYCORS_DEMO_JOBS`).
//! A flag is on for anything but an empty text, `0`, `n`, `no`, `f`, `false` and `off`. A list has one item a line; where its items
//! cannot hold a comma, commas separate them. An empty variable counts as absent.

use std::ffi::OsString;

use clap::builder::{FalseyValueParser, Resettable};
use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::Cli;
use super::examples::with_examples;

/// Commands whose options mean the same everywhere, so that they share their variables.
const SHARING: [&str; 6] = ["probe", "s3", "check", "merge", "replay", "serve"];

/// The whole command line: its options with their variables, its commands with their examples.
pub(crate) fn command() -> Command {
    prepared(|_| true)
}

/// As much of it as these arguments can mean: the commands that are named among them. The rest would cost every run a little.
pub(crate) fn command_for(arguments: &[OsString]) -> Command {
    prepared(|name| arguments.iter().any(|argument| argument == name))
}

fn prepared(is_meant: impl Fn(&str) -> bool) -> Command {
    Cli::command().mut_args(|arg| with_variable(arg, "WHYCORS")).mut_subcommands(|command| {
        let name = command.get_name();
        if !is_meant(name) {
            return command;
        }
        let prefix = if SHARING.contains(&name) { "WHYCORS".to_owned() } else { format!("WHYCORS_{}", shout(name)) };
        with_examples(command.mut_args(|arg| with_variable(arg, &prefix)))
    })
}

/// An option with its variable: the one that it names, or the one that follows from its own name.
fn with_variable(arg: Arg, prefix: &str) -> Arg {
    let Some(long) = arg.get_long() else { return arg };
    let name = arg.get_env().map_or_else(|| format!("{prefix}_{}", shout(long)), |name| name.to_string_lossy().into_owned());
    // A number below zero is a bad value, not an option.
    let arg = if arg.get_action().takes_values() { arg.allow_negative_numbers(true) } else { arg };
    let value = std::env::var_os(&name);
    let is_list = matches!(arg.get_action(), ArgAction::Append);
    if let Some(lines) = value.as_ref().and_then(|value| value.to_str()).filter(|text| is_list && text.contains('\n')) {
        // The last line ends as well, and an empty one is no item.
        let items: Vec<String> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        return arg.env(Resettable::Reset).default_values(items).hide_default_value(true);
    }
    let empty = value.is_some_and(|value| value.is_empty());
    // A header or a proxy may hold a secret, which help must not show.
    let arg =
        arg.env(if empty { Resettable::Reset } else { Resettable::Value(clap::builder::OsStr::from(name.clone())) }).hide_env_values(true);
    match (arg.get_action(), arg.get_value_delimiter()) {
        (ArgAction::SetTrue, _) => arg.value_parser(FalseyValueParser::new()),
        (ArgAction::Append, None) => arg.value_delimiter('\n'),
        _ => arg,
    }
}

fn shout(name: &str) -> String {
    name.replace(['-', '.'], "_").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_option_has_a_variable_that_means_one_thing() {
        let mut seen: BTreeMap<String, (String, bool)> = BTreeMap::new();
        let whole = command();
        let mut count = 0;
        for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
            for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let option = arg.get_long().unwrap();
                let name = arg.get_env().unwrap_or_else(|| panic!("{} --{option} has no variable", command.get_name()));
                let name = name.to_str().unwrap().to_owned();
                assert!(name.starts_with("WHYCORS_"), "{name}");
                let meaning = (option.to_owned(), arg.get_action().takes_values());
                assert_eq!(*seen.entry(name.clone()).or_insert_with(|| meaning.clone()), meaning, "{name} means two things");
                count += 1;
            }
        }
        assert!(count > 80, "{count}");
    }

    #[test]
    fn a_variable_is_named_after_its_option() {
        let variable = |command: &str, option: &str| {
            let whole = super::command();
            let command = whole.find_subcommand(command).unwrap();
            let arg = command.get_arguments().find(|arg| arg.get_long() == Some(option)).unwrap();
            arg.get_env().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(variable("probe", "header"), "WHYCORS_HEADER");
        assert_eq!(variable("serve", "config.check"), "WHYCORS_CONFIG_CHECK");
        assert_eq!(variable("demo", "jobs"), "WHYCORS_DEMO_JOBS");
        assert_eq!(variable("lint", "origin"), "WHYCORS_ORIGIN");
    }
}
