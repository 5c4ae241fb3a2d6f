//! `whycors completions` and `whycors man`.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;

use super::output::{Trouble, deliver};
use super::{Cli, Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completions(args: CompletionsArgs, _global: Global) -> Result<Exit, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "whycors", &mut script);
    deliver(&String::from_utf8_lossy(&script), None)?;
    Ok(Exit::Ok)
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
    let mut whole = Cli::command();
    whole.build();
    if let Some(directory) = &args.directory {
        deliver(&page(&whole, "whycors")?, Some(&directory.join("whycors.1")))?;
        for command in whole.get_subcommands() {
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
    let page = clap_mangen::Man::new(command.clone()).title(name);
    page.render(&mut text).map_err(|error| Trouble::new(format!("cannot write the page of {name}: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let mut whole = Cli::command();
        whole.build();
        for command in whole.get_subcommands() {
            assert!(page(command, command.get_name()).unwrap().contains(".SH NAME"), "{}", command.get_name());
        }
    }
}
