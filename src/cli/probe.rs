//! `whycors probe`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {}

pub(crate) fn run(_args: ProbeArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
