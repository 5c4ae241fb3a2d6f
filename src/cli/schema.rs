//! `whycors schema`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {}

pub(crate) fn run(_args: SchemaArgs, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
