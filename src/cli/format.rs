//! In which forms a run is told, and where each goes.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::Global;
use super::output::{Trouble, check_writable, deliver_for};
use super::place::{self, Readers};
use crate::report::human::{self, HumanOptions};
use crate::report::{Batch, Report, checklist, endpoints, github, html, json, junit, markdown, prometheus, sarif};
use crate::verdict::Engine;

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people, one screen
    #[default]
    Human,
    /// One JSON object
    Json,
    /// One JSON object a line
    Ndjson,
    /// To paste into an issue
    Markdown,
    /// One page to look at
    Html,
    /// For test reports of CI systems
    Junit,
    /// Annotations of GitHub Actions, and the job summary
    Github,
    /// For the node exporter's textfile collector
    Prometheus,
    /// For code scanning; of a check, at the expectation's own line
    Sarif,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// When the output is a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Switches colour on or off.
    pub(crate) fn apply(self, to_file: bool) {
        match self {
            Self::Always => colored::control::set_override(true),
            Self::Never => colored::control::set_override(false),
            Self::Auto if to_file => colored::control::set_override(false),
            Self::Auto => colored::control::unset_override(),
        }
    }
}

/// `KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Also {
    format: Format,
    file: PathBuf,
}

impl FromStr for Also {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kinds = || {
            Format::value_variants()
                .iter()
                .filter_map(|f| Some(f.to_possible_value()?.get_name().to_owned()))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (kind, file) =
            text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("expected KIND=FILE, such as html=report.html")?;
        let format = Format::from_str(kind, true).map_err(|_| format!("{kind:?} is not a form of report; there are {}", kinds()))?;
        Ok(Self { format, file: file.into() })
    }
}

/// How the result is told.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Form of the report
    #[arg(long, env = "WHYCORS_FORMAT", value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Write the report there (atomically) instead of standard output
    #[arg(long, short, env = "WHYCORS_OUTPUT", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Another report of the same run; repeatable
    #[arg(long = "report", env = "WHYCORS_REPORT", value_delimiter = ',', value_name = "KIND=FILE")]
    pub(crate) also: Vec<Also>,
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, env = "WHYCORS_COLOR", value_name = "WHEN", value_enum, default_value_t)]
    pub(crate) color: Color,
    /// Leave signatures, tokens, cookies and passwords in the output
    #[arg(long, env = "WHYCORS_SHOW_SECRETS")]
    pub(crate) show_secrets: bool,
}

impl OutputArgs {
    /// Whether every file can be written, each with one report, asked before the work begins.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        let mut taken = BTreeSet::new();
        self.output.iter().chain(self.also.iter().map(|also| &also.file)).try_for_each(|file| {
            if !place::is_special(file) && !taken.insert(place::meant(file)) {
                return Err(Trouble::new(format!("{}: two reports cannot go to one file; name another for one of them", file.display())));
            }
            check_writable(file)
        })
    }

    /// Tells a finished run in every form that was asked for.
    pub(crate) fn emit(&self, mut batch: Batch, global: Global, engine: Engine) -> Result<(), Trouble> {
        let readers = self.prepare(&mut batch);
        let besides = self.tell_besides(&batch, readers, engine);
        let options = self.human_options(global, engine);
        besides.and(deliver_for(readers, &render(&batch, self.format, &options), self.output.as_ref()))
    }

    /// Tells a run in the further forms alone: the first one was printed as it came.
    pub(crate) fn emit_besides(&self, mut batch: Batch, engine: Engine) -> Result<(), Trouble> {
        let readers = self.prepare(&mut batch);
        self.tell_besides(&batch, readers, engine)
    }

    /// Takes the secrets out; gives who may read the rest.
    fn prepare(&self, batch: &mut Batch) -> Readers {
        let readers = if batch.reports().any(Report::is_authenticated) { Readers::Owner } else { Readers::Usual };
        if !self.show_secrets {
            batch.redact();
        }
        readers
    }

    fn tell_besides(&self, batch: &Batch, readers: Readers, engine: Engine) -> Result<(), Trouble> {
        // One that cannot be written must not cost the others.
        let mut told = Ok(());
        for Also { format, file } in &self.also {
            colored::control::set_override(false);
            let options = HumanOptions { engine, ..HumanOptions::default() };
            told = told.and(deliver_for(readers, &render(batch, *format, &options), Some(file)));
        }
        if self.format == Format::Github || self.also.iter().any(|also| also.format == Format::Github) {
            told = told.and(append_job_summary(&markdown::write(batch)));
        }
        told
    }

    /// Switches colour on or off for standard output, and says how wide it is.
    pub(crate) fn human_options(&self, global: Global, engine: Engine) -> HumanOptions {
        let terminal = self.output.is_none() && std::io::stdout().is_terminal();
        self.color.apply(self.output.is_some());
        let width = if terminal { super::terminal::width() } else { 100 };
        HumanOptions { width, verbose: global.verbose, quiet: global.quiet, engine, links: terminal && knows_links() }
    }
}

/// Adds to the summary of the job, where GitHub Actions runs it and names the file.
fn append_job_summary(text: &str) -> Result<(), Trouble> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from) else { return Ok(()) };
    let append = |mut file: std::fs::File| file.write_all(text.as_bytes());
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    opened.and_then(append).map_err(|error| Trouble::new(format!("cannot add to the job summary {}: {error}", path.display())))
}

/// Whether the terminal is one of those that understand OSC 8.
fn knows_links() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let program = std::env::var("TERM_PROGRAM").unwrap_or_default();
    ["VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"].into_iter().any(set)
        || ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"].contains(&program.as_str())
}

/// The whole text of a run in one form.
pub(crate) fn render(batch: &Batch, format: Format, options: &HumanOptions) -> String {
    match format {
        Format::Human if batch.bucket.is_some() => endpoints::write(batch, options),
        Format::Human if !batch.alone => checklist::write(batch, options),
        Format::Human => batch.reports().map(|report| human::write(report, options)).collect::<Vec<_>>().join("\n"),
        Format::Json => json::write(batch),
        Format::Ndjson => json::write_lines(batch),
        Format::Markdown => markdown::write(batch),
        Format::Html => html::write(batch),
        Format::Junit => junit::write(batch),
        Format::Github => github::write(batch),
        Format::Prometheus => prometheus::write(batch),
        Format::Sarif => sarif::write(batch),
    }
}
