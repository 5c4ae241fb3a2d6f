//! What is fuzzed: each reader of foreign text, and everything that is concluded from it. Shared with `cargo test`, which
//! runs the seeds and their mutations.
#![allow(dead_code, reason = "each target uses one of them")]

use url::Url;
use whycors::evidence::Evidence;
use whycors::inquiry::{Budget, Inquiry};
use whycors::report::{Batch, Report};

/// URLs: endpoints, presigned parts, and back.
pub(super) fn target(text: &str) {
    let Ok(url) = Url::parse(text) else { return };
    let target = whycors::aws::target(&url);
    let _ = serde_json::to_string(&target);
    let _ = whycors::evidence::redact::text(text);
}

/// A curl command, whatever its arguments.
pub(super) fn curl(text: &str) {
    intake(&format!("curl {text}"));
}

/// A call of `fetch`, whatever its arguments.
pub(super) fn fetch(text: &str) {
    intake(&format!("fetch({text}"));
}

/// Pasted text of any kind: console, HAR, PowerShell, several at once.
pub(super) fn intake(text: &str) {
    if let Ok(found) = whycors::intake::read(text, &whycors::intake::Hints::default()) {
        let _ = format!("{found:?}");
    }
}

/// Files of checks and of the exporter, and lines of a fleet.
pub(super) fn checks(text: &str) {
    let env = |_: &str| Some("value".to_owned());
    for mistake in whycors::suite::parse("checks.toml", text, None, &env).err().into_iter().flatten() {
        let _ = mistake.to_string();
    }
    for mistake in whycors::suite::modules("exporter.toml", text, &env).err().into_iter().flatten() {
        let _ = mistake.to_string();
    }
    let _ = whycors::suite::fleet_line("fleet.ndjson", 1, text, None);
}

/// S3 configurations in every form.
pub(super) fn s3_config(text: &str) {
    if let Ok(document) = whycors::aws::s3::cors::read(text) {
        let _ = whycors::lint::lint(&document);
    }
}

/// Evidence: judged, diagnosed, redacted and told in every form.
pub(super) fn evidence(text: &str) {
    let Ok(evidence) = serde_json::from_str::<Evidence>(text) else { return };
    let outcome = Inquiry::resume(evidence, Budget { max_probes: 0, ..Budget::default() }, 1_795_000_000).conclude();
    let mut report = Report::of(outcome, None);
    report.redact();
    let batch = Batch::one(report);
    let _ = whycors::report::json::write(&batch);
    let _ = whycors::report::prometheus::write(&batch);
    let _ = whycors::report::markdown::write(&batch);
    let _ = whycors::report::html::write(&batch);
    let _ = whycors::report::junit::write(&batch);
    #[cfg(feature = "cli")]
    for report in batch.reports() {
        let _ = whycors::report::human::write(report, &whycors::report::human::HumanOptions::default());
    }
}
