//! `whycors serve`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {}

pub(crate) fn run(_args: ServeArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
