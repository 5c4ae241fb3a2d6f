//! A line on the terminal while probes are under way; nothing in pipes, nothing with `-q`.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use super::Global;

/// What is under way.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// The probes of one ask.
    pub(crate) fn new(global: Global) -> Self {
        Self(shown(global).then(|| ProgressBar::new_spinner().with_message("probing")))
    }

    /// Checks; a bar where their number is known.
    pub(crate) fn of_checks(global: Global, total: Option<u64>) -> Self {
        let bar = || {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            let template = if total.is_some() { "{bar:30} {pos}/{len} checks, {eta} left" } else { "{spinner} {pos} checks" };
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        };
        Self(shown(global).then(bar))
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
            bar.set_message(format!("{} probes", bar.position()));
        }
    }

    /// All are done.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn shown(global: Global) -> bool {
    global.quiet == 0 && std::io::stderr().is_terminal()
}
