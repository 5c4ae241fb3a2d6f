//! Whether a report meets an expectation.

use serde::{Deserialize, Serialize};

use crate::evidence::{Probe, Purpose, Response};
use crate::report::{Report, inconclusive};
use crate::verdict;
use crate::web::{list, max_age};

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
    /// How long browsers keep the preflight's answer at least, in seconds.
    pub max_age_min: Option<f64>,
    /// How long browsers keep the preflight's answer at most, in seconds.
    pub max_age_max: Option<f64>,
    /// Exactly one Access-Control-Allow-Origin line in each answer.
    pub single_allow_origin: bool,
    /// `Vary` of each answer must name these, or be `*`.
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
            return Met { met: None, shortfalls: vec![inconclusive(report)] };
        };
        let cause = report.diagnosis.as_ref().map(|d| d.cause.as_str());
        let mut said = Said::default();
        match &self.want {
            Want::Allowed if !allowed => said.short.push(format!("expected allowed, but blocked: {}", cause.unwrap_or("no cause named"))),
            Want::Blocked if allowed => said.short.push("expected blocked, but a browser allows it".into()),
            Want::Cause(code) if cause != Some(code) => {
                said.short.push(format!("expected cause {code}, found {}", cause.unwrap_or("none")));
            }
            _ => {}
        }
        self.limits.judge(report, now, &mut said);
        let met = if said.short.is_empty() && !said.open.is_empty() { None } else { Some(said.short.is_empty()) };
        said.short.append(&mut said.open);
        Met { met, shortfalls: said.short }
    }
}

/// What is said of the expectations that are not met, and of those of which nothing is known.
#[derive(Default)]
struct Said {
    short: Vec<String>,
    open: Vec<String>,
}

impl Limits {
    fn judge(&self, report: &Report, now: i64, said: &mut Said) {
        self.judge_exposes(report, said);
        self.judge_max_age(report, said);
        self.judge_lines(report, said);
        let status = answers(report).next_back().map(|r| r.status);
        if let Some(wanted) = self.status.filter(|_| self.status != status) {
            said.short.push(format!("expected status {wanted}, found {}", status.map_or("none".into(), |s| s.to_string())));
        }
        if let Some(days) = self.certificate_days {
            match browser(report).find_map(|p| p.tls.as_ref()).and_then(|tls| days_left(&tls.not_after, now)) {
                Some(left) if left < days => said.short.push(format!("the certificate is valid for {left:.1} more days, wanted {days}")),
                None => said.short.push("no certificate was seen".into()),
                Some(_) => {}
            }
        }
        let slowest = browser(report).filter_map(|p| p.timing_ms.total).fold(0.0, f64::max);
        if let Some(limit) = self.within_ms.filter(|limit| slowest > *limit) {
            said.short.push(format!("the slowest exchange took {slowest:.0} ms, wanted at most {limit:.0}"));
        }
    }

    /// Only the answer to the request itself says which of its headers the page may read.
    fn judge_exposes(&self, report: &Report, said: &mut Said) {
        if self.exposes.is_empty() || !verdict::is_cross_origin(&report.ask, &report.probes) {
            return;
        }
        let answer = browser(report).filter(|p| p.purpose == Purpose::Actual).filter_map(|p| p.response.as_ref()).next_back();
        for name in &self.exposes {
            match answer {
                Some(answer) if verdict::exposes(&report.ask, answer, name) => {}
                None if report.verdict.allowed == Some(true) => {
                    let method = report.ask.sent_method();
                    said.open.push(format!(
                        "whether {name} is exposed is not known: only the answer to the {method} tells, and it was not sent"
                    ));
                }
                _ => said.short.push(format!("{name} is not exposed")),
            }
        }
    }

    /// Only the preflight's answer is kept, and for five seconds where it does not say how long.
    fn judge_max_age(&self, report: &Report, said: &mut Said) {
        let (min, max) = (self.max_age_min.unwrap_or(0.0), self.max_age_max.unwrap_or(f64::INFINITY));
        let preflight = browser(report).filter(|p| p.purpose == Purpose::Preflight).find_map(|p| p.response.as_ref());
        let Some(preflight) = preflight else {
            if min > 0.0 {
                said.short.push(format!("there was no preflight whose answer could be kept, wanted {min} seconds at least"));
            }
            return;
        };
        let value = preflight.combined("access-control-max-age");
        let age = value.as_deref().and_then(max_age::parse).unwrap_or(max_age::DEFAULT);
        let bounds = [(f64::from(age) < min, "at least", min), (f64::from(age) > max, "at most", max)];
        for (_, bound, wanted) in bounds.into_iter().filter(|(is_broken, ..)| *is_broken) {
            let shown = value.as_deref().unwrap_or("absent");
            said.short.push(format!("Access-Control-Max-Age is {shown}, which browsers read as {age} seconds; wanted {bound} {wanted}"));
        }
    }

    fn judge_lines(&self, report: &Report, said: &mut Said) {
        if self.single_allow_origin {
            let counts = answers(report).map(|r| r.lines("access-control-allow-origin").count()).enumerate();
            for (n, lines) in counts.filter(|(_, lines)| *lines != 1) {
                said.short.push(format!("answer {} has {lines} Access-Control-Allow-Origin lines, wanted exactly one", n + 1));
            }
        }
        for name in &self.vary {
            let names = |vary: &str| list::items(vary).any(|item| item == "*" || item.eq_ignore_ascii_case(name));
            if let Some(vary) = answers(report).map(|r| r.combined("vary").unwrap_or_default()).find(|vary| !names(vary)) {
                said.short.push(format!("Vary does not name {name} ({})", if vary.is_empty() { "absent".into() } else { vary }));
            }
        }
    }
}

/// What the browser itself sends.
fn browser(report: &Report) -> impl DoubleEndedIterator<Item = &Probe> {
    report.probes.iter().filter(|p| p.wave == 0)
}

fn answers(report: &Report) -> impl DoubleEndedIterator<Item = &Response> {
    browser(report).filter_map(|p| p.response.as_ref())
}

/// Days from `now` to an RFC 3339 time.
#[expect(clippy::cast_precision_loss, reason = "days need no more precision")]
fn days_left(not_after: &str, now: i64) -> Option<f64> {
    let end = time::OffsetDateTime::parse(not_after, &time::format_description::well_known::Rfc3339).ok()?;
    Some((end.unix_timestamp() - now) as f64 / 86_400.0)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::ask::{Ask, Credentials};
    use crate::verdict::Verdict;
    use crate::web::Origin;

    /// An answer with these header lines, `NAME: VALUE` each.
    fn probe(purpose: Purpose, lines: &str) -> Probe {
        let headers = lines.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name.into(), value.trim().into()));
        Probe { purpose, response: Some(Response { status: 200, headers: headers.collect(), ..Response::default() }), ..Probe::default() }
    }

    /// How an allowed request ends whose preflight and own answer have these lines; nothing stands for what was not sent.
    fn judged(ask: Ask, limits: &Limits, preflight: Option<&str>, actual: Option<&str>) -> Met {
        let mut report = crate::report::testing::allowed();
        report.verdict = Verdict { allowed: Some(true), ..Verdict::default() };
        let preflight = preflight.map(|lines| probe(Purpose::Preflight, lines));
        report.probes = preflight.into_iter().chain(actual.map(|lines| probe(Purpose::Actual, lines))).collect();
        report.ask = ask;
        Expect { want: Want::Allowed, limits: limits.clone() }.judge(&report, 0)
    }

    fn ask(method: &str, credentials: Credentials) -> Ask {
        let url = Url::parse("https://api.example.com/").unwrap();
        Ask { method: method.into(), credentials, ..Ask::get(url, Origin::parse("https://app.example.com").unwrap()) }
    }

    #[test]
    fn a_header_is_exposed_by_the_answer_that_the_page_reads() {
        const SENT: &str = "access-control-allow-origin: *\naccess-control-expose-headers: ";
        let with = |list: &str| format!("{SENT}{list}");
        for (name, credentials, list, met) in [
            ("etag", false, "x-b, ETag", true),
            ("etag", false, "ETag, bad name", false),
            ("etag", false, "*, x-b", true),
            ("etag", true, "*, x-b", false),
            ("Cache-Control", false, "x-b", true),
            ("content-type", true, "", true),
            ("etag", false, "", false),
        ] {
            let mode = if credentials { Credentials::Include } else { Credentials::Omit };
            let limits = Limits { exposes: vec![name.into()], ..Limits::default() };
            let said = judged(ask("GET", mode), &limits, None, Some(&with(list)));
            assert_eq!(said.met, Some(met), "{name} of {list}: {said:?}");
        }
        let limits = Limits { exposes: vec!["etag".into()], ..Limits::default() };
        for preflight in [String::new(), with("etag")] {
            let said = judged(ask("PUT", Credentials::Omit), &limits, Some(&preflight), None);
            assert_eq!((said.met, said.shortfalls.len()), (None, 1), "{said:?}");
        }
        let own = Ask { url: Url::parse("https://app.example.com/x").unwrap(), ..ask("GET", Credentials::Omit) };
        assert_eq!(judged(own, &limits, None, Some("")).met, Some(true));
    }

    #[test]
    fn max_age_is_what_browsers_read_in_the_answer_to_the_preflight() {
        for (value, min, max, met) in [
            ("600", Some(600.0), None, true),
            ("nan", Some(6.0), None, false),
            ("inf", Some(6.0), None, false),
            ("1e9", Some(6.0), None, false),
            ("10 minutes", Some(1.0), Some(5.0), true),
            ("600, 600", Some(6.0), None, false),
            ("0", None, Some(4.0), true),
            ("", None, Some(4.0), false),
        ] {
            let limits = Limits { max_age_min: min, max_age_max: max, ..Limits::default() };
            let preflight = format!("access-control-max-age: {value}");
            let said = judged(ask("PUT", Credentials::Omit), &limits, Some(&preflight), None);
            assert_eq!(said.met, Some(met), "{value}: {said:?}");
        }
        let limits = Limits { max_age_min: Some(600.0), ..Limits::default() };
        for preflight in [None, Some("")] {
            let said = judged(ask("GET", Credentials::Omit), &limits, preflight, Some("access-control-max-age: 600"));
            assert_eq!((said.met, said.shortfalls.len()), (Some(false), 1), "{said:?}");
        }
    }

    #[test]
    fn a_star_in_vary_names_everything() {
        let limits = Limits { vary: vec!["origin".into()], ..Limits::default() };
        for (vary, met) in [("Accept, Origin", true), ("*", true), ("Accept", false), ("x-origin", false)] {
            assert_eq!(judged(ask("GET", Credentials::Omit), &limits, None, Some(&format!("vary: {vary}"))).met, Some(met), "{vary}");
        }
    }
}
