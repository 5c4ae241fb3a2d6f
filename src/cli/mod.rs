//! Reads arguments, environment and files, prints and exits: nothing else does.
#![allow(clippy::disallowed_methods, reason = "the command line has the clock, the files and the environment")]
#![allow(clippy::needless_pass_by_value, reason = "a command owns its arguments")]

mod ask;
mod check;
mod complete;
mod conduct;
mod defaults;
mod demo;
mod environment;
mod examples;
mod exit;
mod explain;
mod format;
mod intake;
mod interrupt;
mod lab;
mod lint;
mod net;
mod output;
mod place;
mod printer;
mod probe;
mod progress;
mod records;
mod replay;
mod runtime;
mod s3;
mod schema;
mod serve;
mod sink;
mod suggest;
mod terminal;
mod work;
mod worlds;

pub use exit::Exit;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{FromArgMatches as _, Parser, Subcommand};

/// Says why a browser blocks a cross-origin request, and proves the fix.
#[derive(Debug, Parser)]
#[command(
    name = "whycors",
    version,
    max_term_width = 100,
    propagate_version = true,
    after_help = "Every option has an environment variable: WHYCORS_DNS_SERVER for --dns-server; lists have one item a line. A whycors.toml, found from \
                  the working directory upward, gives defaults for probe and s3 under [defaults]. The command line wins over the environment, \
                  the environment over the file."
)]
pub struct Cli {
    /// Only the first line (-q), or nothing but the exit status (-qq)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    quiet: u8,
    /// More: every probe, every check (-v), every header (-vv)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Send what a browser would send, say whether a browser would allow it, and why not
    Probe(probe::ProbeArgs),
    /// Probe every endpoint form of a bucket, say which one a browser can use
    S3(s3::S3Args),
    /// Run a file of expectations
    Check(check::CheckArgs),
    /// Join the reports of shards
    Merge(check::MergeArgs),
    /// Diagnose recorded evidence again, offline
    Replay(replay::ReplayArgs),
    /// Check an S3 CORS configuration, and trace a request through it
    Lint(lint::LintArgs),
    /// Write the configuration that lets a request through
    Suggest(suggest::SuggestArgs),
    /// What a cause is, how it looks, how to fix it
    Explain(explain::ExplainArgs),
    /// Prometheus multi-target exporter
    Serve(serve::ServeArgs),
    /// Play failing worlds on loopback
    Lab(lab::LabArgs),
    /// Play every world of the lab, probe it, show what is really wrong
    Demo(demo::DemoArgs),
    /// JSON Schema of the reports
    Schema(schema::SchemaArgs),
    /// Shell completions
    Completions(complete::CompletionsArgs),
    /// Manual page
    Man(complete::ManArgs),
}

/// What every command knows besides its own arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Global {
    pub(crate) quiet: u8,
    pub(crate) verbose: u8,
}

/// Runs the command line; whycors's own trouble goes to standard error as one line.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(own_mistake));
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let parsed = environment::command_for(&arguments).try_get_matches_from(arguments);
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            if !error.use_stderr() {
                return match error.print() {
                    Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                        output::complain(format_args!("cannot write to standard output: {error}"));
                        Exit::Usage.into()
                    }
                    _ => Exit::Ok.into(),
                };
            }
            // Whoever types the bare name wants to know what there is.
            if error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand || error.print().is_err() {
                output::complain(one_line(&error));
            }
            return Exit::Usage.into();
        }
    };
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::complain(&error);
            Exit::Usage.into()
        }
    }
}

/// What a panic tells: where, and nothing of what was worked on.
fn own_mistake(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    output::complain(format_args!("a mistake of whycors itself{place}; please report it, with what you did"));
}

/// A usage error in one line: what is wrong, the tip if there is one, and where help is.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let wanted = |line: &&str| !line.is_empty() && !line.starts_with("Usage:") && !line.starts_with("For more information");
    let mut parts: Vec<&str> = text.lines().map(str::trim).filter(wanted).collect();
    parts.truncate(8);
    let told = parts.join("; ").replace(":; ", ": ");
    let usage = text.lines().find_map(|line| line.trim().strip_prefix("Usage: ")).unwrap_or("whycors");
    let command: Vec<&str> = usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-'])).collect();
    format!("{} (see {} --help)", told.strip_prefix("error: ").unwrap_or(&told), command.join(" "))
}

fn run(cli: Cli) -> Result<Exit, output::Trouble> {
    let global = Global { quiet: cli.quiet, verbose: cli.verbose };
    match cli.command {
        Command::Probe(args) => probe::run(args, global),
        Command::S3(args) => s3::run(args, global),
        Command::Check(args) => check::run(args, global),
        Command::Merge(args) => check::merge(args, global),
        Command::Replay(args) => replay::run(args, global),
        Command::Lint(args) => lint::run(args, global),
        Command::Suggest(args) => suggest::run(args, global),
        Command::Explain(args) => explain::run(args, global),
        Command::Serve(args) => serve::run(args, global),
        Command::Lab(args) => lab::run(args, global),
        Command::Demo(args) => demo::run(args, global),
        Command::Schema(args) => schema::run(args, global),
        Command::Completions(args) => complete::completions(args, global),
        Command::Man(args) => complete::man(args, global),
    }
}
