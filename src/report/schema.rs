//! JSON Schemas (draft 2020-12) of what whycors writes and reads, from the same types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::lint::LintReport;
use super::{Batch, Report};
use crate::evidence::Evidence;

/// The names that [`schema`] knows.
pub const NAMES: [&str; 4] = ["report", "check", "lint", "evidence"];

/// A schema by its name.
pub fn schema(name: &str) -> Option<Value> {
    match name {
        "report" => Some(written::<Report>()),
        "check" => Some(written::<Batch>()),
        "lint" => Some(written::<LintReport>()),
        "evidence" => Some(read::<Evidence>()),
        _ => None,
    }
}

/// Of an output: what is always written is required.
fn written<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().into()
}

/// Of an input: what has a default may be left out.
fn read<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().into()
}
