//! `whycors s3`.

use clap::Args;

use super::output::Trouble;
use super::{Exit, Global};

#[derive(Debug, Args)]
pub(crate) struct S3Args {}

pub(crate) fn run(_args: S3Args, _global: Global) -> Result<Exit, Trouble> {
    Err(Trouble::new("not built yet"))
}
