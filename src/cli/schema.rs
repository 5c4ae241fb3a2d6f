//! `whycors schema`: the JSON Schemas of what whycors writes and reads.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::output::{Trouble, deliver};
use super::{Exit, Global};
use crate::report::schema;

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what
    #[arg(default_value = "report", value_parser = PossibleValuesParser::new(schema::NAMES))]
    of: String,
}

pub(crate) fn run(args: SchemaArgs, _global: Global) -> Result<Exit, Trouble> {
    let schema = schema::schema(&args.of).unwrap_or_default();
    deliver(schema, None)?;
    Ok(Exit::Ok)
}
