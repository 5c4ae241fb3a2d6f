//! `whycors check` and `whycors merge`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {}

pub(crate) fn run(_args: CheckArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {}

pub(crate) fn merge(_args: MergeArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
