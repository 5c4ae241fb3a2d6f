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
    /// Whether a browser lets it through; nothing when no answer tells: none came, or one of a limit on the rate or an outage.
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
    /// Whether a browser lets it through; nothing when no answer tells.
    pub allowed: Option<bool>,
}

/// The asks of the grid: the cells, and the names of the headers that are asked for with a method that passes.
#[derive(Debug)]
pub struct Survey {
    cells: Vec<Ask>,
    names: Vec<String>,
    /// The method of the ask.
    method: String,
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
        let of = |origin: &Origin, method: &str| Ask {
            origin: origin.clone(),
            method: method.to_owned(),
            headers: Vec::new(),
            upload_listener: true,
            ..ask.clone()
        };
        let cells = origins.iter().flat_map(|origin| methods.iter().map(|method| of(origin, method))).collect();
        let mut names: Vec<String> = ask.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.extend(HEADERS.iter().map(|&h| h.to_owned()));
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        Self { cells, names, method: ask.sent_method() }
    }

    /// The preflights of the cells, all at once.
    pub fn cells(&self, engine: Engine) -> Vec<Step> {
        self.cells.iter().map(|ask| step(ask, Purpose::VaryMethod, engine)).collect()
    }

    /// The preflights for the headers, all at once, when the answers to the cells are known; none where no method passes.
    pub fn headers(&self, cells: &[Probe], engine: Engine) -> Vec<Step> {
        self.header_asks(cells).iter().map(|ask| step(ask, Purpose::VaryHeader, engine)).collect()
    }

    /// Reads the answers, which stand in the order of the steps.
    pub fn read(&self, cells: &[Probe], headers: &[Probe]) -> AllowMap {
        let asks = self.header_asks(cells);
        let header = |(place, name): (usize, &String)| HeaderCell {
            name: name.clone(),
            allowed: asks.get(place).zip(headers.get(place)).and_then(|(ask, probe)| allowed(ask, probe)),
        };
        let exposed = cells.iter().chain(headers).find_map(|p| p.response.as_ref()?.combined("access-control-expose-headers"));
        let exposed = exposed.map(|list| list.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect());
        let cell = |(ask, probe): (&Ask, &Probe)| Cell {
            origin: ask.origin.to_string(),
            method: ask.method.clone(),
            allowed: allowed(ask, probe),
            max_age: probe.response.as_ref().and_then(|r| r.header("access-control-max-age")).map(str::to_owned),
        };
        let mut map = AllowMap {
            cells: self.cells.iter().zip(cells).map(cell).collect(),
            headers: self.names.iter().enumerate().map(header).collect(),
            exposed: exposed.unwrap_or_default(),
            guess: String::new(),
        };
        map.guess = map.guess();
        map
    }

    /// Each name alone, from the first origin and with a method that passes there: the ask's own, if it does.
    fn header_asks(&self, cells: &[Probe]) -> Vec<Ask> {
        let origin = self.cells.first().map(|ask| &ask.origin);
        let ours = self.cells.iter().zip(cells).filter(|(ask, _)| Some(&ask.origin) == origin);
        let passing: Vec<&Ask> = ours.filter(|(ask, probe)| allowed(ask, probe) == Some(true)).map(|(ask, _)| ask).collect();
        let Some(with) = passing.iter().find(|ask| ask.method == self.method).or(passing.first()) else { return Vec::new() };
        self.names.iter().map(|name| Ask { headers: vec![(name.clone(), None)], ..(*with).clone() }).collect()
    }
}

fn step(ask: &Ask, purpose: Purpose, engine: Engine) -> Step {
    Step { purpose, ..verdict::preflight_step(ask, engine) }
}

/// What an answer says of the rules. That of a limit on the rate or an outage says nothing.
fn allowed(ask: &Ask, probe: &Probe) -> Option<bool> {
    let response = probe.response.as_ref().filter(|response| response.status != 429 && response.status < 500)?;
    Some(verdict::preflight_allows(ask, response))
}

impl AllowMap {
    fn guess(&self) -> String {
        let Some(first) = self.cells.first().map(|c| c.origin.as_str()) else { return String::new() };
        let of = |origin: &str| -> Vec<&Cell> { self.cells.iter().filter(|c| c.origin == origin).collect() };
        let unknown = |cells: &[&Cell]| cells.iter().any(|cell| cell.allowed.is_none());
        let methods: Vec<&str> = of(first).into_iter().filter(|c| c.allowed == Some(true)).map(|c| c.method.as_str()).collect();
        if methods.is_empty() {
            return if unknown(&of(first)) {
                format!("Nothing was seen to be let through for {first}, but answers are missing, which says nothing of the rules.")
            } else {
                format!("It looks as if nothing is let through for {first}.")
            };
        }
        let strangers = of(CONTROL_ORIGIN);
        let origins = match () {
            () if strangers.iter().any(|c| c.allowed == Some(true)) => "any origin (a stranger's passes as well)".to_owned(),
            () if unknown(&strangers) => format!("{first} (whether strangers pass was not seen)"),
            () => format!("{first}, not strangers"),
        };
        let missing = unknown(&self.cells.iter().collect::<Vec<_>>()) || self.headers.iter().any(|h| h.allowed.is_none());
        let more = if missing { " What is marked ? had no answer that tells." } else { "" };
        format!("It looks like a rule for {origins}; methods {}; {}.{more}", methods.join(", "), self.guessed_headers())
    }

    fn guessed_headers(&self) -> String {
        let passing: Vec<&str> = self.headers.iter().filter(|h| h.allowed == Some(true)).map(|h| h.name.as_str()).collect();
        match passing.as_slice() {
            [] if self.headers.iter().any(|h| h.allowed.is_none()) => "which request headers pass was not seen".to_owned(),
            [] => "no request header".to_owned(),
            names if names.contains(&CONTROL_HEADER) => "any request header (one that nobody lists passes as well)".to_owned(),
            names => format!("of the headers asked for: {}", names.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::evidence::Response;

    const PAGE: &str = "https://app.example.com";

    fn survey() -> Survey {
        let ask = Ask { method: "PUT".into(), ..Ask::get(Url::parse("https://api.example.com/x").unwrap(), Origin::parse(PAGE).unwrap()) };
        Survey::new(&ask, &[])
    }

    /// An endpoint that allows the page these methods and, with each of them, content-type.
    fn endpoint(methods: &str) -> impl Fn(&Step) -> Probe {
        move |step| {
            let header = |name: &str| step.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v.as_str());
            let fields = [
                ("access-control-allow-origin", if header("origin") == PAGE { PAGE } else { "" }),
                ("access-control-allow-methods", methods),
                ("access-control-allow-headers", "content-type"),
                ("access-control-expose-headers", "ETag, Date"),
            ];
            let headers = fields.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            Probe { response: Some(Response { status: 204, headers, ..Response::default() }), ..Probe::default() }
        }
    }

    fn mapped(answer: impl Fn(&Step) -> Probe) -> AllowMap {
        let survey = survey();
        let cells: Vec<Probe> = survey.cells(Engine::Chromium).iter().map(&answer).collect();
        let headers: Vec<Probe> = survey.headers(&cells, Engine::Chromium).iter().map(&answer).collect();
        survey.read(&cells, &headers)
    }

    #[test]
    fn the_map_reads_what_passes_and_calls_a_guess_a_guess() {
        let map = mapped(endpoint("PUT"));
        assert_eq!(map.cells.len(), 12);
        assert_eq!(map.exposed, ["ETag", "Date"]);
        assert_eq!(
            map.guess,
            "It looks like a rule for https://app.example.com, not strangers; methods GET, HEAD, POST, PUT; of the headers asked for: content-type."
        );
        assert_eq!(survey().read(&[], &[]).cells.len(), 0);
    }

    #[test]
    fn headers_are_asked_with_a_method_that_passes() {
        let map = mapped(endpoint("GET"));
        let put = Cell { origin: PAGE.into(), method: "PUT".into(), allowed: Some(false), max_age: None };
        assert!(map.cells.contains(&put));
        assert!(map.guess.ends_with("methods GET, HEAD, POST; of the headers asked for: content-type."), "{}", map.guess);
        let names: Vec<(&str, Option<bool>)> = map.headers.iter().map(|h| (h.name.as_str(), h.allowed)).collect();
        assert!(names.contains(&("content-type", Some(true))) && names.contains(&("authorization", Some(false))), "{names:?}");
    }

    #[test]
    fn what_no_answer_tells_is_unknown() {
        let status = |status| Probe { response: Some(Response { status, ..Response::default() }), ..Probe::default() };
        for answer in [Probe::default(), status(429), status(503)] {
            let map = mapped(|_| answer.clone());
            assert!(map.cells.iter().all(|cell| cell.allowed.is_none()) && map.headers.iter().all(|h| h.allowed.is_none()));
            assert!(map.guess.ends_with("says nothing of the rules."), "{}", map.guess);
        }
        assert_eq!(mapped(|_| status(403)).guess, "It looks as if nothing is let through for https://app.example.com.");
        let busy_for = |name: &'static str, value: &'static str| {
            let good = endpoint("PUT");
            move |step: &Step| {
                let asked = step.headers.iter().any(|(n, v)| n.eq_ignore_ascii_case(name) && (value.is_empty() || v == value));
                if asked { status(429) } else { good(step) }
            }
        };
        let map = mapped(busy_for("access-control-request-headers", ""));
        assert!(map.guess.contains("which request headers pass was not seen. What is marked ?"), "{}", map.guess);
        let map = mapped(busy_for("origin", CONTROL_ORIGIN));
        assert!(map.guess.contains("whether strangers pass was not seen"), "{}", map.guess);
    }
}
