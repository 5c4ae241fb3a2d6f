//! Reports to try the forms of output on.

use url::Url;

use super::{Checked, Entry, Location, Report, SCHEMA_VERSION, Tool, Vantage};
use crate::ask::Ask;
use crate::aws;
use crate::cause::{Citation, Confidence, Fix, Severity};
use crate::diagnose::{Diagnosis, Note};
use crate::evidence::{Probe, Purpose, Request, Response};
use crate::layer::Layer;
use crate::verdict::{Outcome, Stage, Verdict};
use crate::web::Origin;

/// A URL with a signature.
pub(crate) const SIGNED: &str = "https://uploads.s3.amazonaws.com/a%20b.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=5ec4e7";

/// A report of a blocked upload whose texts try to break out of whatever they are put into.
pub(crate) fn blocked() -> Report {
    let url = Url::parse(SIGNED).unwrap();
    let mut ask = Ask::get(url.clone(), Origin::parse("https://app.example.com").unwrap());
    ask.method = "PUT".into();
    ask.headers = vec![("content-type".into(), Some("image/png".into())), ("x-amz-acl".into(), None)];
    let hostile = "</script><img src=x onerror=alert(1)> ]]> | `x` %0A::error::x \u{1b}[31m \u{202e}\nsecond line";
    let preflight = Probe {
        id: "p1".into(),
        purpose: Purpose::Preflight,
        request: Request {
            method: "OPTIONS".into(),
            url: SIGNED.into(),
            headers: vec![("origin".into(), "https://app.example.com".into())],
        },
        response: Some(Response {
            status: 307,
            headers: vec![("server".into(), hostile.into())],
            body: hostile.into(),
            ..Response::default()
        }),
        ..Probe::default()
    };
    let verdict = Verdict { allowed: Some(false), stage: Stage::Preflight, preflight: Outcome::Failed, ..Verdict::default() };
    let diagnosis = Diagnosis {
        cause: "s3-wrong-region-redirect".into(),
        layer: Layer::S3,
        confidence: Confidence::Confirmed,
        cors_rules: false,
        title: format!("S3 redirected the preflight {hostile}"),
        explanation: format!("The bucket lives elsewhere. {hostile}"),
        evidence: vec![Citation { probe: Some("p1".into()), says: hostile.into() }],
        alternatives: Vec::new(),
        ruled_out: Vec::new(),
        fixes: vec![Fix::new("use-regional-endpoint", "Use the regional endpoint", hostile).snippet(
            "python",
            "boto3",
            "region = \"us-west-2\"\n```\n# x",
        )],
    };
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: Tool::default(),
        id: None,
        started_at: Some("2026-11-22T10:00:00Z".into()),
        duration_ms: Some(12.5),
        target: aws::target(&url),
        ask,
        verdict,
        diagnosis: Some(diagnosis),
        findings: vec![Note {
            code: "missing-vary-origin".into(),
            severity: Severity::Warning,
            message: hostile.into(),
            fix: Some(hostile.into()),
        }],
        probes: vec![preflight],
        vantage: Vantage::default(),
        cors_config: None,
        map: None,
        readings: Vec::new(),
        samples: None,
    }
}

/// A report of an allowed request.
pub(crate) fn allowed() -> Report {
    let mut report = blocked();
    report.verdict = Verdict { allowed: Some(true), preflight: Outcome::Passed, ..Verdict::default() };
    report.diagnosis = None;
    report.findings.clear();
    report
}

/// A blocked upload as the result of a check.
pub(crate) fn checked(name: &str, met: Option<bool>) -> Entry {
    let check = Checked {
        name: name.into(),
        expected: Some("allowed".into()),
        met,
        shortfalls: vec!["expected allowed, but blocked: s3-wrong-region-redirect".into()],
        location: Some(Location { file: "checks/whycors.toml".into(), line: 4, column: 1 }),
    };
    Entry { report: if met == Some(true) { allowed() } else { blocked() }, check: Some(check) }
}
