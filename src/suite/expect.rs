//! Whether a report meets an expectation.

use serde::{Deserialize, Serialize};

use crate::report::Report;

/// What must come of a check.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expect {
    /// The outcome.
    pub want: Want,
    /// What must hold besides.
    pub limits: Limits,
}

/// The outcome that is expected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Want {
    /// A browser allows it.
    #[default]
    Allowed,
    /// A browser blocks it.
    Blocked,
    /// It fails with this cause.
    Cause(String),
}

/// What must hold besides the outcome; what is absent is not looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    /// Response headers that scripts must be able to read.
    pub exposes: Vec<String>,
    /// Access-Control-Max-Age at least, in seconds.
    pub max_age_min: Option<f64>,
    /// Access-Control-Max-Age at most, in seconds.
    pub max_age_max: Option<f64>,
    /// Exactly one Access-Control-Allow-Origin line in each answer.
    pub single_allow_origin: bool,
    /// `Vary` must name these.
    pub vary: Vec<String>,
    /// Status of the last answer.
    pub status: Option<u16>,
    /// Days the certificate must still be valid, at least.
    pub certificate_days: Option<f64>,
    /// Milliseconds of the slowest exchange, at most.
    pub within_ms: Option<f64>,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Met {
    /// `None`: inconclusive.
    pub met: Option<bool>,
    /// What was not met, one sentence each.
    pub shortfalls: Vec<String>,
}

impl Want {
    /// As written in a checks file.
    pub fn describe(&self) -> String {
        match self {
            Self::Allowed => "allowed".into(),
            Self::Blocked => "blocked".into(),
            Self::Cause(code) => format!("cause {code}"),
        }
    }
}

impl Expect {
    /// Compares a report. `now` is in seconds since 1970.
    pub fn judge(&self, report: &Report, now: i64) -> Met {
        let Some(allowed) = report.verdict.allowed else {
            return Met { met: None, shortfalls: vec!["inconclusive: the trouble is on the prober's side".into()] };
        };
        let cause = report.diagnosis.as_ref().map(|d| d.cause.as_str());
        let mut short = Vec::new();
        match &self.want {
            Want::Allowed if !allowed => short.push(format!("expected allowed, but blocked: {}", cause.unwrap_or("no cause named"))),
            Want::Blocked if allowed => short.push("expected blocked, but a browser allows it".into()),
            Want::Cause(code) if cause != Some(code) => short.push(format!("expected cause {code}, found {}", cause.unwrap_or("none"))),
            _ => {}
        }
        self.limits.judge(report, now, &mut short);
        Met { met: Some(short.is_empty()), shortfalls: short }
    }
}

impl Limits {
    fn judge(&self, report: &Report, now: i64, short: &mut Vec<String>) {
        let browser = || report.probes.iter().filter(|p| p.wave == 0);
        let answers = || browser().filter_map(|p| p.response.as_ref());
        for name in &self.exposes {
            let exposed = answers().next_back().and_then(|r| r.combined("access-control-expose-headers")).unwrap_or_default();
            let all = exposed.trim() == "*" && !report.ask.with_credentials();
            if !all && !lists(&exposed, name) {
                short.push(format!("{name} is not exposed"));
            }
        }
        let max_age = answers().find_map(|r| r.header("access-control-max-age")).map(|v| v.trim().parse::<f64>().unwrap_or(0.0));
        let age = max_age.unwrap_or(5.0);
        if self.max_age_min.is_some_and(|min| age < min) || self.max_age_max.is_some_and(|max| age > max) {
            let bounds = (self.max_age_min.unwrap_or(0.0), self.max_age_max.unwrap_or(f64::INFINITY));
            short.push(format!(
                "Access-Control-Max-Age is {}, wanted {} to {}",
                max_age.map_or("absent (5)".into(), |a| a.to_string()),
                bounds.0,
                bounds.1
            ));
        }
        if self.single_allow_origin {
            for (n, lines) in answers().map(|r| r.lines("access-control-allow-origin").count()).enumerate().filter(|(_, lines)| *lines != 1)
            {
                short.push(format!("answer {} has {lines} Access-Control-Allow-Origin lines, wanted exactly one", n + 1));
            }
        }
        for name in &self.vary {
            if let Some(vary) = answers().map(|r| r.combined("vary").unwrap_or_default()).find(|v| !lists(v, name)) {
                short.push(format!("Vary does not name {name} ({})", if vary.is_empty() { "absent".into() } else { vary }));
            }
        }
        let status = answers().next_back().map(|r| r.status);
        if self.status.is_some() && self.status != status {
            short.push(format!(
                "expected status {}, found {}",
                self.status.unwrap_or_default(),
                status.map_or("none".into(), |s| s.to_string())
            ));
        }
        if let Some(days) = self.certificate_days {
            match browser().find_map(|p| p.tls.as_ref()).and_then(|tls| days_left(&tls.not_after, now)) {
                Some(left) if left < days => short.push(format!("the certificate is valid for {left:.1} more days, wanted {days}")),
                None => short.push("no certificate was seen".into()),
                Some(_) => {}
            }
        }
        let slowest = browser().filter_map(|p| p.timing_ms.total).fold(0.0, f64::max);
        if self.within_ms.is_some_and(|limit| slowest > limit) {
            short.push(format!("the slowest exchange took {slowest:.0} ms, wanted at most {:.0}", self.within_ms.unwrap_or_default()));
        }
    }
}

fn lists(list: &str, name: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(name))
}

/// Days from `now` to an RFC 3339 time.
#[expect(clippy::cast_precision_loss, reason = "days need no more precision")]
fn days_left(not_after: &str, now: i64) -> Option<f64> {
    let end = time::OffsetDateTime::parse(not_after, &time::format_description::well_known::Rfc3339).ok()?;
    Some((end.unix_timestamp() - now) as f64 / 86_400.0)
}
