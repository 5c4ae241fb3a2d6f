//! No secret leaves, and a redacted report is still evidence.

use whycors::evidence::Evidence;
use whycors::inquiry::{Budget, Inquiry};
use whycors::report::Report;
use whycors::world::{World, simulate};

const NOW: i64 = 1_795_000_000;

fn replay(report: Report) -> (Option<bool>, whycors::verdict::Stage, Option<String>) {
    let evidence = Evidence { id: report.id, started_at: report.started_at, ask: report.ask, probes: report.probes };
    let outcome = Inquiry::resume(evidence, Budget::default(), NOW).conclude();
    (outcome.verdict.allowed, outcome.verdict.stage, outcome.conclusion.diagnosis.map(|d| d.cause))
}

#[test]
fn a_redacted_report_replays_to_the_same() {
    for world in World::all().unwrap() {
        let whole = Report::of(simulate(&world, NOW).unwrap(), None);
        let mut redacted = whole.clone();
        redacted.redact();
        let mut again = redacted.clone();
        again.redact();
        assert_eq!(redacted, again, "{}: redacting twice changes more", world.name);
        assert_eq!(replay(whole), replay(redacted), "{}", world.name);
    }
}
