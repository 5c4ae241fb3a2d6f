//! `whycors demo`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {}

pub(crate) fn run(_args: DemoArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
