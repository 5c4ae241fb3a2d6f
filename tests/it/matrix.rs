//! Every world and what is said of it, in one reviewed table: a rule that speaks up next door shows in the diff.

use whycors::world::{World, simulate};

use crate::{NOW, bless};

#[test]
fn the_matrix_is_up_to_date() {
    let mut table =
        String::from("# world: verdict at stage: cause (confidence) + findings; `WHYCORS_BLESS=1 cargo test matrix` rewrites it\n");
    for world in World::all().unwrap() {
        let outcome = simulate(&world, NOW).unwrap();
        let verdict = match outcome.verdict.allowed {
            Some(true) => "allowed".to_owned(),
            Some(false) => format!("blocked at {}", word(outcome.verdict.stage)),
            None => "inconclusive".to_owned(),
        };
        let cause = outcome.conclusion.diagnosis.map_or_else(|| "-".into(), |d| format!("{} ({})", d.cause, word(d.confidence)));
        let notes: String = outcome.conclusion.notes.iter().map(|note| format!(" + {}", note.code)).collect();
        table.push_str(&format!("{}: {verdict}: {cause}{notes}\n", world.name));
    }
    bless::check("fixtures/matrix.txt", &table);
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}
