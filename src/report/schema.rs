//! JSON Schemas (draft 2020-12) of what whycors writes and reads. They are generated from the types by this module's test.

/// The names that [`schema`] knows.
pub const NAMES: [&str; 4] = ["report", "check", "lint", "evidence"];

/// A schema by its name, as JSON text.
pub fn schema(name: &str) -> Option<&'static str> {
    match name {
        "report" => Some(include_str!("../../schema/report.schema.json")),
        "check" => Some(include_str!("../../schema/check.schema.json")),
        "lint" => Some(include_str!("../../schema/lint.schema.json")),
        "evidence" => Some(include_str!("../../schema/evidence.schema.json")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use schemars::generate::SchemaSettings;
    use serde_json::Value;

    use super::super::lint::LintReport;
    use super::super::{Batch, Report};
    use super::*;
    use crate::evidence::Evidence;

    /// Of an output: what is always written is required.
    fn written<T: JsonSchema>() -> Value {
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().into()
    }

    /// Of an input: what has a default may be left out.
    fn read<T: JsonSchema>() -> Value {
        SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().into()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test writes the files when asked to")]
    fn the_schemas_are_those_of_the_types() {
        let types = [written::<Report>(), written::<Batch>(), written::<LintReport>(), read::<Evidence>()];
        for (name, of_type) in NAMES.into_iter().zip(types) {
            let text = format!("{of_type:#}\n");
            if std::env::var_os("WHYCORS_BLESS").is_some() {
                std::fs::write(format!("schema/{name}.schema.json"), text).unwrap();
            } else {
                assert!(schema(name) == Some(&text), "schema/{name}.schema.json is out of date; WHYCORS_BLESS=1 cargo test rewrites it");
            }
        }
    }
}
