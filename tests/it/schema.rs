//! The schemas in the repository are those of the types, and every report follows its own.

use whycors::report::{Report, schema};
use whycors::world::{World, simulate};

use crate::{NOW, bless};

#[test]
fn the_schemas_are_up_to_date() {
    for name in schema::NAMES {
        bless::check(&format!("schema/{name}.schema.json"), &format!("{:#}\n", schema::schema(name).unwrap()));
    }
}

#[test]
fn every_report_follows_its_schema_and_reads_back() {
    let report = jsonschema::validator_for(&schema::schema("report").unwrap()).unwrap();
    let evidence = jsonschema::validator_for(&schema::schema("evidence").unwrap()).unwrap();
    for world in World::all().unwrap() {
        let written = serde_json::to_value(Report::of(simulate(&world, NOW).unwrap(), Some(12.5))).unwrap();
        for (name, validator) in [("report", &report), ("evidence", &evidence)] {
            let slips: Vec<_> = validator.iter_errors(&written).map(|e| format!("{}: {e}", e.instance_path)).collect();
            assert!(slips.is_empty(), "{} is no {name}: {}", world.name, slips.join("; "));
        }
        let again: Report = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(again).unwrap(), written, "{}", world.name);
    }
}
