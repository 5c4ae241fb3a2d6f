//! The exporter's own metrics.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[derive(Debug)]
pub(super) struct Own {
    pub(super) probes: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) reloads: AtomicU64,
    pub(super) reload_ok: AtomicBool,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            probes: AtomicU64::default(),
            refused: AtomicU64::default(),
            reloads: AtomicU64::default(),
            reload_ok: AtomicBool::new(true),
        }
    }
}

impl Own {
    pub(super) fn text(&self, running: usize) -> String {
        let mut out = String::new();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed).to_string();
        let build = format!("whycors_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        let rows = [
            ("whycors_build_info", "gauge", "Version of the exporter.", build, "1".to_owned()),
            ("whycors_exporter_probes_total", "counter", "Probes asked for and made.", String::new(), read(&self.probes)),
            (
                "whycors_exporter_refused_total",
                "counter",
                "Probes refused because too many ran at once.",
                String::new(),
                read(&self.refused),
            ),
            ("whycors_exporter_running", "gauge", "Probes under way.", String::new(), running.to_string()),
            ("whycors_exporter_reloads_total", "counter", "Reloads of the configuration.", String::new(), read(&self.reloads)),
            (
                "whycors_exporter_reload_successful",
                "gauge",
                "Whether the last reload was read.",
                String::new(),
                u8::from(self.reload_ok.load(Ordering::Relaxed)).to_string(),
            ),
        ];
        for (name, kind, help, series, value) in rows {
            let series = if series.is_empty() { name } else { series.as_str() };
            let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{series} {value}\n");
        }
        out
    }
}
