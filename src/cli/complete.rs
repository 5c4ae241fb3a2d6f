//! `whycors completions` and `whycors man`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {}

pub(crate) fn completions(_args: CompletionsArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {}

pub(crate) fn man(_args: ManArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
