//! The allow map: what an endpoint lets through, as a grid of preflights, and the rule that this looks like. A guess is called one.

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::evidence::{Probe, Purpose, Step};
use crate::verdict::{self, Engine};
use crate::web::Origin;

/// Methods of the grid.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// Header names that are asked for besides those of the ask; the last is one that nobody lists.
const HEADERS: [&str; 4] = ["content-type", "authorization", "x-requested-with", CONTROL_HEADER];
/// A header that only a wildcard lets through.
const CONTROL_HEADER: &str = "x-whycors-control";
/// An origin that only a wildcard, or a server that reflects any origin, lets through.
const CONTROL_ORIGIN: &str = "https://whycors-control.example";

/// What was let through.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AllowMap {
    /// Each origin with each method, without request headers.
    pub cells: Vec<Cell>,
    /// Each header name alone, from the first origin and with a method that passes there.
    pub headers: Vec<HeaderCell>,
    /// Response headers that pages may read.
    pub exposed: Vec<String>,
    /// What the rules look like, judged from outside: a guess.
    pub guess: String,
}

/// One origin with one method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cell {
    /// The origin that asked.
    pub origin: String,
    /// The method that was asked for.
    pub method: String,
    /// Whether a browser lets it through; nothing when there was no answer.
    pub allowed: Option<bool>,
    /// Seconds the answer may be cached, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<String>,
}

/// One header name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HeaderCell {
    /// The name.
    pub name: String,
    /// Whether a browser lets it through; nothing when there was no answer.
    pub allowed: Option<bool>,
}

/// The asks of the grid, in order: cells first, then headers.
#[derive(Debug)]
pub struct Survey {
    cells: Vec<Ask>,
    headers: Vec<Ask>,
}

impl Survey {
    /// The grid for an ask, its origin, further ones and a control.
    pub fn new(ask: &Ask, further: &[Origin]) -> Self {
        let mut origins = vec![ask.origin.clone()];
        origins.extend(further.iter().cloned());
        origins.extend(Origin::parse(CONTROL_ORIGIN));
        origins.dedup();
        let mut methods: Vec<String> = METHODS.iter().map(|&m| m.to_owned()).collect();
        if !methods.contains(&ask.sent_method()) {
            methods.push(ask.sent_method());
        }
        let of = |origin: &Origin, method: &str, headers: Vec<(String, Option<String>)>| Ask {
            origin: origin.clone(),
            method: method.to_owned(),
            headers,
            upload_listener: true,
            ..ask.clone()
        };
        let cells = origins.iter().flat_map(|origin| methods.iter().map(|method| of(origin, method, Vec::new()))).collect();
        let mut names: Vec<String> = ask.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.extend(HEADERS.iter().map(|&h| h.to_owned()));
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let headers = names.into_iter().map(|name| of(&ask.origin, &ask.sent_method(), vec![(name, None)])).collect();
        Self { cells, headers }
    }

    /// The preflights to send, all at once.
    pub fn steps(&self, engine: Engine) -> Vec<Step> {
        let step = |ask: &Ask, purpose| Step { purpose, ..verdict::preflight_step(ask, engine) };
        let cells = self.cells.iter().map(|ask| step(ask, Purpose::VaryMethod));
        cells.chain(self.headers.iter().map(|ask| step(ask, Purpose::VaryHeader))).collect()
    }

    /// Reads the answers, which stand in the order of the steps.
    pub fn read(&self, answers: &[Probe]) -> AllowMap {
        let allowed = |ask: &Ask, probe: &Probe| Some(verdict::preflight_allows(ask, probe.response.as_ref()?));
        let cells = self.cells.iter().zip(answers).map(|(ask, probe)| Cell {
            origin: ask.origin.to_string(),
            method: ask.method.clone(),
            allowed: allowed(ask, probe),
            max_age: probe.response.as_ref().and_then(|r| r.header("access-control-max-age")).map(str::to_owned),
        });
        let headers = self.headers.iter().zip(answers.iter().skip(self.cells.len()));
        let headers = headers.map(|(ask, probe)| HeaderCell { name: ask.headers[0].0.clone(), allowed: allowed(ask, probe) });
        let exposed = answers.iter().find_map(|p| p.response.as_ref()?.combined("access-control-expose-headers"));
        let exposed = exposed.map(|list| list.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect());
        let mut map =
            AllowMap { cells: cells.collect(), headers: headers.collect(), exposed: exposed.unwrap_or_default(), guess: String::new() };
        map.guess = map.guess();
        map
    }
}

impl AllowMap {
    fn guess(&self) -> String {
        let passes = |origin: &str| -> Vec<&str> {
            self.cells.iter().filter(|c| c.origin == origin && c.allowed == Some(true)).map(|c| c.method.as_str()).collect()
        };
        let Some(first) = self.cells.first().map(|c| c.origin.clone()) else { return String::new() };
        if self.cells.iter().all(|cell| cell.allowed.is_none()) {
            return "No answer was seen, which says nothing of what the rules let through.".into();
        }
        let methods = passes(&first);
        if methods.is_empty() {
            return format!("It looks as if nothing is let through for {first}.");
        }
        let stranger = !passes(CONTROL_ORIGIN).is_empty();
        let origins = if stranger { "any origin (a stranger's passes as well)".to_owned() } else { format!("{first}, not strangers") };
        let names: Vec<&str> = self.headers.iter().filter(|h| h.allowed == Some(true)).map(|h| h.name.as_str()).collect();
        let headers = match names.as_slice() {
            [] => "no request header".to_owned(),
            names if names.contains(&CONTROL_HEADER) => "any request header (one that nobody lists passes as well)".to_owned(),
            names => format!("of the headers asked for: {}", names.join(", ")),
        };
        format!("It looks like a rule for {origins}; methods {}; {headers}.", methods.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::evidence::Response;

    #[test]
    fn the_map_reads_what_passes_and_calls_a_guess_a_guess() {
        let ask = Ask {
            method: "PUT".into(),
            ..Ask::get(Url::parse("https://api.example.com/x").unwrap(), Origin::parse("https://app.example.com").unwrap())
        };
        let survey = Survey::new(&ask, &[]);
        let steps = survey.steps(Engine::Chromium);
        let answers: Vec<Probe> = steps
            .iter()
            .map(|step| {
                let header = |name: &str| step.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v.as_str());
                let ours = header("origin") == "https://app.example.com";
                let fields = [
                    ("access-control-allow-origin", if ours { "https://app.example.com" } else { "" }),
                    ("access-control-allow-methods", "PUT"),
                    ("access-control-allow-headers", "content-type"),
                    ("access-control-expose-headers", "ETag, Date"),
                ];
                let headers = fields.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
                Probe { response: Some(Response { status: 204, headers, ..Response::default() }), ..Probe::default() }
            })
            .collect();
        let map = survey.read(&answers);
        assert_eq!(map.cells.len(), 12);
        assert_eq!(map.exposed, ["ETag", "Date"]);
        assert_eq!(
            map.guess,
            "It looks like a rule for https://app.example.com, not strangers; methods GET, HEAD, POST, PUT; of the headers asked for: content-type."
        );
        assert_eq!(survey.read(&[]).cells.len(), 0);
        let silent = vec![Probe::default(); steps.len()];
        assert_eq!(survey.read(&silent).guess, "No answer was seen, which says nothing of what the rules let through.");
    }
}
