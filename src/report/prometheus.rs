//! Metrics in the text format that Prometheus and the node exporter's collector read. Labels are bounded: check names,
//! hosts, codes, never a URL. <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>.

use std::fmt::Write as _;

use super::{Batch, Entry, Report};
use crate::evidence::{Probe, Purpose};
use crate::web::max_age;

/// One metric: name, help, and its samples of one entry.
struct Family {
    name: &'static str,
    help: &'static str,
    samples: fn(&Entry) -> Vec<Sample>,
}

/// Labels of its own, and the value.
type Sample = (Vec<(&'static str, String)>, f64);

static FAMILIES: &[Family] = &[
    Family {
        name: "whycors_allowed",
        help: "Whether a browser allows the request; absent when nothing is known.",
        samples: |e| flag(e.report.verdict.allowed),
    },
    Family {
        name: "whycors_inconclusive",
        help: "Whether nothing is known, because the trouble is on the prober's side.",
        samples: |e| flag(Some(e.report.verdict.allowed.is_none())),
    },
    Family {
        name: "whycors_expectation_met",
        help: "Whether the outcome is the expected one.",
        samples: |e| flag(e.check.as_ref().and_then(|c| c.met)),
    },
    Family { name: "whycors_cause", help: "1 for the cause that was named.", samples: cause },
    Family { name: "whycors_findings", help: "Findings besides the cause.", samples: |e| value(Some(count(e.report.findings.len()))) },
    Family {
        name: "whycors_probe_duration_seconds",
        help: "Time of the whole inquiry, follow-ups included.",
        samples: |e| value(e.report.duration_ms.map(seconds)),
    },
    Family { name: "whycors_phase_seconds", help: "Time of each phase of the first exchange.", samples: phases },
    Family {
        name: "whycors_preflight_status",
        help: "Status of the preflight.",
        samples: |e| value(status(&e.report, Purpose::Preflight)),
    },
    Family { name: "whycors_actual_status", help: "Status of the actual request.", samples: |e| value(status(&e.report, Purpose::Actual)) },
    Family {
        name: "whycors_max_age_seconds",
        help: "Access-Control-Max-Age of the preflight, before the browsers' caps.",
        samples: |e| value(max_age(&e.report)),
    },
    Family {
        name: "whycors_certificate_not_after_seconds",
        help: "End of the certificate, as a Unix time.",
        samples: |e| value(certificate_end(&e.report)),
    },
    Family {
        name: "whycors_presign_expires_seconds",
        help: "End of the presigned URL, as a Unix time.",
        samples: |e| value(presign_end(&e.report)),
    },
    Family { name: "whycors_probes", help: "Requests sent, follow-ups included.", samples: |e| value(Some(count(e.report.probes.len()))) },
];

/// All entries, told apart by the labels `check` and `host`.
pub fn write(batch: &Batch) -> String {
    let mut known = std::collections::BTreeSet::new();
    let labelled: Vec<(&Entry, Vec<(&'static str, String)>)> = batch
        .results
        .iter()
        .enumerate()
        .map(|(number, entry)| {
            let host = label(entry.report.ask.url.host_str().unwrap_or_default());
            let name = label(&entry.check.as_ref().map_or_else(|| (number + 1).to_string(), |c| c.name.clone()));
            let mut check = name.clone();
            // The same series twice would make the whole text invalid.
            let mut further = number + 1;
            while !known.insert((check.clone(), host.clone())) {
                check = format!("{name} #{further}");
                further += 1;
            }
            (entry, vec![("check", check), ("host", host)])
        })
        .collect();
    families(&labelled)
}

/// One entry without labels of its own: the scraper knows the target.
pub fn one(entry: &Entry) -> String {
    families(&[(entry, Vec::new())])
}

fn families(entries: &[(&Entry, Vec<(&'static str, String)>)]) -> String {
    let mut out = String::new();
    for family in FAMILIES {
        let mut lines = String::new();
        for (entry, labels) in entries {
            for (own, value) in (family.samples)(entry) {
                let all: Vec<String> = labels.iter().chain(&own).map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
                let braces = if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(",")) };
                let _ = writeln!(lines, "{}{braces} {value}", family.name);
            }
        }
        if !lines.is_empty() {
            let _ = write!(out, "# HELP {0} {1}\n# TYPE {0} gauge\n{lines}", family.name, family.help);
        }
    }
    out
}

/// A label's value. Control characters cannot break a line, but they do not belong into a label either.
fn label(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn flag(value: Option<bool>) -> Vec<Sample> {
    value.map(|b| (Vec::new(), f64::from(u8::from(b)))).into_iter().collect()
}

fn value(value: Option<f64>) -> Vec<Sample> {
    value.map(|v| (Vec::new(), v)).into_iter().collect()
}

fn cause(entry: &Entry) -> Vec<Sample> {
    let Some(diagnosis) = &entry.report.diagnosis else { return Vec::new() };
    let stage = serde_json::to_value(entry.report.verdict.stage).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    vec![(vec![("cause", diagnosis.cause.clone()), ("layer", diagnosis.layer.name()), ("stage", stage)], 1.0)]
}

fn phases(entry: &Entry) -> Vec<Sample> {
    let Some(timing) = browser(&entry.report).next().map(|p| p.timing_ms) else { return Vec::new() };
    let phases = [("dns", timing.dns), ("connect", timing.connect), ("tls", timing.tls), ("first_byte", timing.first_byte)];
    phases.into_iter().filter_map(|(name, ms)| Some((vec![("phase", name.to_owned())], seconds(ms?)))).collect()
}

fn browser(report: &Report) -> impl Iterator<Item = &Probe> {
    report.probes.iter().filter(|p| matches!(p.purpose, Purpose::Preflight | Purpose::Actual))
}

fn status(report: &Report, purpose: Purpose) -> Option<f64> {
    browser(report).find(|p| p.purpose == purpose)?.response.as_ref().map(|r| f64::from(r.status))
}

fn max_age(report: &Report) -> Option<f64> {
    let preflight = browser(report).find(|p| p.purpose == Purpose::Preflight)?;
    max_age::parse(&preflight.response.as_ref()?.combined("access-control-max-age")?).map(f64::from)
}

fn certificate_end(report: &Report) -> Option<f64> {
    let text = &browser(report).find_map(|p| p.tls.as_ref())?.not_after;
    let end = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    Some(unix(end.unix_timestamp()))
}

fn presign_end(report: &Report) -> Option<f64> {
    report.target.presigned.as_ref()?.expires_at.map(unix)
}

/// Seconds in whole microseconds.
fn seconds(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "Unix times and counts stay far below 2^52")]
fn unix(time: i64) -> f64 {
    time as f64
}

#[expect(clippy::cast_precision_loss, reason = "Unix times and counts stay far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::checked;
    use super::*;

    #[test]
    fn no_series_is_written_twice() {
        let long = "x".repeat(200);
        let names = ["a", "a", "a #2", "a #3", "a\u{1}", "a ", &format!("{long}1"), &format!("{long}2"), "\\\"", "\\\\\""];
        let text = write(&Batch::of(names.iter().map(|name| checked(name, Some(true))).collect(), None));
        let series: Vec<&str> =
            text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' ')).map(|s| s.0).collect();
        let different: std::collections::BTreeSet<&&str> = series.iter().collect();
        assert_eq!(different.len(), series.len(), "{text}");
        assert!(text.contains("check=\"a\"") && text.contains("check=\"a #2\"") && text.contains(&format!("check=\"{long}\"")), "{text}");
    }

    #[test]
    fn max_age_is_what_browsers_read() {
        for (value, told) in [("600", Some("600")), ("1e9", None), ("600, 600", None), ("nan", None)] {
            let mut entry = checked("a", Some(true));
            let response = entry.report.probes[0].response.as_mut().unwrap();
            response.headers = vec![("access-control-max-age".into(), value.into())];
            let text = one(&entry);
            assert_eq!(text.lines().find_map(|line| line.strip_prefix("whycors_max_age_seconds ")), told, "{value}: {text}");
        }
    }
}
