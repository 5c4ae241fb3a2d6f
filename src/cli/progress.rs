//! A line on the terminal while probes are under way; nothing in pipes, nothing with `-q`.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Global;

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// What is under way.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// The probes of one ask. Must be called within a runtime.
    pub(crate) fn new(global: Global) -> Self {
        let progress = Self(shown(global).then(|| ProgressBar::hidden().with_style(spinner()).with_message("probing")));
        progress.appear();
        progress
    }

    /// Nobody wants to see a line flash by: it comes when the work takes a while, and then turns by itself.
    fn appear(&self) {
        let Some(bar) = self.0.clone() else { return };
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if !bar.is_finished() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(TURN);
            }
        });
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
            let answered = bar.position();
            bar.set_message(format!("probing, {answered} {}", if answered == 1 { "answer" } else { "answers" }));
        }
    }

    /// All are done.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg}, {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn shown(global: Global) -> bool {
    global.quiet == 0 && std::io::stderr().is_terminal()
}
