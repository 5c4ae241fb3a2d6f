//! The same request at every address, or several times: what each answered, and in what they differ. Compares; never explains.

use serde::{Deserialize, Serialize};

use super::escape::terminal;
use crate::ask::Ask;
use crate::evidence::{Failure, Probe, Purpose, Response};
use crate::verdict;

/// Answers to one request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Samples {
    /// One a sample, by address and round.
    pub rows: Vec<Sample>,
    /// The columns in which they differ: `passes`, `status`, `failure`, `allow-origin`, `edge`, `cache`.
    pub differ: Vec<String>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sample {
    /// The address that was asked.
    pub address: String,
    /// Which time, from 1.
    pub round: u32,
    /// Whether a browser would let this answer through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<bool>,
    /// Status code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// `Access-Control-Allow-Origin`, its lines combined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_origin: Option<String>,
    /// The edge location that the answer names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<String>,
    /// What the answer says of caches, its age included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
    /// Milliseconds in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<f64>,
}

impl Samples {
    /// Puts answers side by side: each with its address and round.
    pub fn of(ask: &Ask, answers: impl IntoIterator<Item = (String, u32, Probe)>) -> Self {
        let rows: Vec<Sample> = answers.into_iter().map(|(address, round, probe)| Sample::of(ask, address, round, probe)).collect();
        let differ = COLUMNS.iter().filter(|(_, value)| rows.windows(2).any(|pair| value(&pair[0]) != value(&pair[1])));
        let differ = differ.map(|(name, _)| (*name).to_owned()).collect();
        Self { rows, differ }
    }

    /// The table, a line a row, for people.
    pub fn lines(&self) -> Vec<String> {
        let width = self.rows.iter().map(|row| row.address.len()).max().unwrap_or_default();
        let mut lines: Vec<String> = self.rows.iter().map(|row| format!("{:width$}  {}", terminal(&row.address), row.words())).collect();
        lines.push(match self.differ.as_slice() {
            [] => "All answers are alike, as seen from here and now.".into(),
            differ => format!("They differ in {}.", differ.join(", ")),
        });
        lines
    }
}

type Column = (&'static str, fn(&Sample) -> Option<String>);

const COLUMNS: [Column; 6] = [
    ("passes", |row| row.passes.map(|p| p.to_string())),
    ("status", |row| row.status.map(|s| s.to_string())),
    ("failure", |row| row.failure.as_ref().map(|f| format!("{:?}", f.kind))),
    ("allow-origin", |row| row.allow_origin.clone()),
    ("edge", |row| row.edge.clone()),
    // An age grows by itself.
    ("cache", |row| row.cache.as_ref().map(|c| c.split(", age").next().unwrap_or_default().to_owned())),
];

impl Sample {
    fn of(ask: &Ask, address: String, round: u32, probe: Probe) -> Self {
        let mut row = Self { address, round, failure: probe.failure, total_ms: probe.timing_ms.total, ..Self::default() };
        if let Some(response) = &probe.response {
            let preflight = probe.purpose == Purpose::Preflight;
            row.passes = Some(if preflight { verdict::preflight_allows(ask, response) } else { verdict::cors_allows(ask, response) });
            row.status = Some(response.status);
            row.allow_origin = response.combined("access-control-allow-origin");
            row.edge = edge(response);
            row.cache = cache(response);
        }
        row
    }

    fn words(&self) -> String {
        let mut words = Vec::new();
        match (&self.failure, self.status) {
            (Some(failure), _) => words.push(failure.detail.clone()),
            (None, Some(status)) => words.push(status.to_string()),
            (None, None) => {}
        }
        words.extend(self.passes.map(|passes| if passes { "passes" } else { "is blocked" }.to_owned()));
        words.extend(self.allow_origin.as_ref().map(|value| format!("allow-origin {value}")));
        words.extend(self.edge.clone());
        words.extend(self.cache.clone());
        words.extend(self.total_ms.map(|ms| format!("{ms:.0} ms")));
        terminal(&words.join(" · ")).into_owned()
    }
}

/// Where a content delivery network answered.
fn edge(response: &Response) -> Option<String> {
    if let Some(ray) = response.header("cf-ray") {
        return ray.rsplit_once('-').map(|(_, place)| place.to_owned());
    }
    ["x-amz-cf-pop", "x-served-by", "x-vercel-id", "x-edge-location"].iter().find_map(|name| response.header(name)).map(str::to_owned)
}

fn cache(response: &Response) -> Option<String> {
    let said = ["x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache"].iter().find_map(|name| response.header(name));
    let age = response.header("age").map(|age| format!("age {age}"));
    let words: Vec<String> = said.map(str::to_owned).into_iter().chain(age).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::web::Origin;

    fn answer(address: &str, headers: &[(&str, &str)]) -> (String, u32, Probe) {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let response = Some(Response { status: 200, headers, ..Response::default() });
        (address.into(), 1, Probe { purpose: Purpose::Actual, response, ..Probe::default() })
    }

    #[test]
    fn says_in_what_answers_differ() {
        let ask = Ask::get(Url::parse("https://api.example.com/").unwrap(), Origin::parse("https://app.example.com").unwrap());
        let good = [("access-control-allow-origin", "*"), ("x-cache", "Hit from cloudfront"), ("age", "10"), ("x-amz-cf-pop", "FRA56-P1")];
        let later = [("access-control-allow-origin", "*"), ("x-cache", "Hit from cloudfront"), ("age", "11"), ("x-amz-cf-pop", "FRA56-P1")];
        let alike = Samples::of(&ask, [answer("192.0.2.1", &good), answer("192.0.2.2", &later)]);
        assert_eq!(alike.differ, [""; 0]);
        assert!(alike.lines()[2].contains("alike"));
        let bad = [("x-cache", "Hit from cloudfront"), ("x-amz-cf-pop", "FRA56-P1")];
        let unlike = Samples::of(&ask, [answer("192.0.2.1", &good), answer("192.0.2.2", &bad)]);
        assert_eq!(unlike.differ, ["passes", "allow-origin"]);
        assert!(unlike.lines()[1].contains("is blocked"), "{:?}", unlike.lines());
    }
}
