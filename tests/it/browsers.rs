//! What three real browsers decided, sent and could read, against the verdict.
//!
//! `fixtures/browser-verdicts/sample.jsonl` holds observed cases; `BROWSER_VERDICTS=FILE` names a larger set of the same form.

use serde::Deserialize;
use whycors::ask::{Ask, Credentials, Redirect};
use whycors::evidence::{Failure, FailureKind, Probe, Purpose, Request, Response};
use whycors::verdict::{self, BrowserVerdict, Engine};

#[derive(Deserialize)]
struct Case {
    id: String,
    page_origin: String,
    request: Asked,
    preflight_response: Option<Reply>,
    actual_response: Option<Reply>,
    observed: Observed,
    repeat: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Asked {
    url: String,
    method: String,
    headers: Vec<(String, String)>,
    credentials: Credentials,
    #[serde(default)]
    redirect: Redirect,
    api: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    transport: Option<String>,
    #[serde(default)]
    redirect_chain: Vec<Hop>,
}

#[derive(Deserialize)]
struct Hop {
    url: String,
    preflight_response: Option<Reply>,
    response: Option<Reply>,
}

#[derive(Deserialize)]
struct Observed {
    chromium: Seen,
    firefox: Seen,
    webkit: Seen,
}

#[derive(Deserialize)]
struct Seen {
    allowed: bool,
    cors_error: Option<String>,
    response_type: Option<String>,
    readable_headers: Option<Vec<String>>,
    arrived: Option<Vec<serde_json::Value>>,
    message: Option<String>,
}

impl Case {
    fn ask(&self) -> Ask {
        let mut ask = Ask::get(self.request.url.parse().unwrap(), whycors::web::Origin::parse(&self.page_origin).unwrap());
        ask.method.clone_from(&self.request.method);
        ask.headers = self.request.headers.iter().map(|(n, v)| (n.clone(), Some(v.clone()))).collect();
        ask.credentials = self.request.credentials;
        ask.redirect = self.request.redirect;
        ask.upload_listener = self.request.api.as_deref() == Some("xhr-upload");
        ask
    }

    /// The scripted answers, in the order of a record.
    fn script(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        probes.extend(probe(Purpose::Preflight, 0, &self.request.url, self.preflight_response.as_ref()));
        probes.extend(probe(Purpose::Actual, 0, &self.request.url, self.actual_response.as_ref()));
        for (hop, step) in (1..).zip(self.actual_response.iter().flat_map(|r| &r.redirect_chain)) {
            probes.extend(probe(Purpose::Preflight, hop, &step.url, step.preflight_response.as_ref()));
            probes.extend(probe(Purpose::Actual, hop, &step.url, step.response.as_ref()));
        }
        probes
    }

    fn seen(&self) -> [(Engine, &Seen); 3] {
        let Observed { chromium, firefox, webkit } = &self.observed;
        [(Engine::Chromium, chromium), (Engine::Firefox, firefox), (Engine::Webkit, webkit)]
    }
}

fn probe(purpose: Purpose, hop: u32, url: &str, reply: Option<&Reply>) -> Option<Probe> {
    let reply = reply?;
    let kind = reply.transport.as_deref().map(|transport| match transport {
        "refused" => FailureKind::TcpRefused,
        "nxdomain" => FailureKind::DnsNxdomain,
        _ => FailureKind::ConnectionClosed,
    });
    let response = Response { status: reply.status, headers: reply.headers.clone(), ..Response::default() };
    Some(Probe {
        purpose,
        hop,
        request: Request { url: url.into(), ..Request::default() },
        response: kind.is_none().then_some(response),
        failure: kind.map(|kind| Failure { kind, detail: String::new() }),
        ..Probe::default()
    })
}

fn cases() -> Vec<Case> {
    let path = std::env::var("BROWSER_VERDICTS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/browser-verdicts/sample.jsonl").into());
    let text = std::fs::read_to_string(path).unwrap();
    let all = text.lines().map(|line| serde_json::from_str::<Case>(line).unwrap());
    // A preflight that was cached from an earlier request is not a single exchange.
    all.filter(|case| case.repeat.is_none()).collect()
}

fn report(what: &str, total: usize, misses: &[String]) {
    assert!(total > 0 && misses.is_empty(), "{what}: {} of {total} differ\n{}", misses.len(), misses.join("\n"));
}

fn of(verdict: &verdict::Verdict, engine: Engine) -> &BrowserVerdict {
    match engine {
        Engine::Chromium => &verdict.browsers.chromium,
        Engine::Firefox => &verdict.browsers.firefox,
        Engine::Webkit => &verdict.browsers.webkit,
    }
}

#[test]
fn every_engine_decides_as_it_was_seen_to() {
    let (mut total, mut misses) = (0, Vec::new());
    for case in cases() {
        let ask = case.ask();
        let verdict = verdict::decide(&ask, &case.script(), Engine::default());
        for (engine, seen) in case.seen() {
            let said = of(&verdict, engine);
            let coded = engine == Engine::Webkit || seen.allowed || said.cors_error == seen.cors_error;
            total += 1;
            if said.allowed != Some(seen.allowed) || !coded {
                misses.push(format!("{} {engine:?}: seen {} {:?}, said {said:?}", case.id, seen.allowed, seen.cors_error));
            }
        }
    }
    report("verdicts", total, &misses);
}

/// What arrived at the server, as the observations write it.
fn arrivals(ask: &Ask, script: &[Probe], engine: Engine) -> Vec<serde_json::Value> {
    let (mut probes, mut arrived) = (Vec::<Probe>::new(), Vec::new());
    while let Some(step) = verdict::next(ask, &probes, engine).map(|next| next.step()).filter(|_| arrived.len() < 6) {
        let header = |name: &str| step.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
        arrived.push(match step.purpose {
            Purpose::Preflight => serde_json::json!([
                "preflight",
                step.hop,
                header("origin"),
                header("access-control-request-method"),
                header("access-control-request-headers")
            ]),
            _ => serde_json::json!([step.method, step.hop, header("origin")]),
        });
        let Some(answer) = script.iter().find(|p| p.purpose == step.purpose && p.hop == step.hop) else { break };
        probes.push(answer.clone());
    }
    arrived
}

#[test]
fn a_live_walk_sends_what_each_engine_was_seen_to_send() {
    let (mut total, mut misses) = (0, Vec::new());
    for case in cases() {
        let ask = case.ask();
        let script = case.script();
        for (engine, seen) in case.seen() {
            let Some(arrived) = &seen.arrived else { continue };
            let sent = arrivals(&ask, &script, engine);
            total += 1;
            if sent != *arrived {
                let json = |list: &[serde_json::Value]| serde_json::to_string(list).unwrap();
                misses.push(format!("{} {engine:?}\n  seen {}\n  sent {}", case.id, json(arrived), json(&sent)));
            }
        }
    }
    report("requests", total, &misses);
}

#[test]
fn scripts_read_the_headers_they_were_seen_to_read() {
    let (mut total, mut misses) = (0, Vec::new());
    for case in cases() {
        let ask = case.ask();
        for (engine, seen) in case.seen() {
            let Some(readable) = seen.readable_headers.as_ref().filter(|_| seen.response_type.as_deref() == Some("cors")) else { continue };
            let last = case.actual_response.iter().flat_map(|r| &r.redirect_chain).filter_map(|hop| hop.response.as_ref()).next_back();
            let Some(reply) = last.or(case.actual_response.as_ref()) else { continue };
            let response = Response { status: reply.status, headers: reply.headers.clone(), ..Response::default() };
            let mut exposed: Vec<String> =
                reply.headers.iter().map(|(n, _)| n.to_lowercase()).filter(|n| verdict::exposes(&ask, &response, n)).collect();
            exposed.sort();
            exposed.dedup();
            total += 1;
            if exposed != *readable {
                misses.push(format!("{} {engine:?}\n  seen {readable:?}\n  said {exposed:?}", case.id));
            }
        }
    }
    report("readable headers", total, &misses);
}

#[test]
fn every_engine_words_it_as_it_was_seen_to() {
    let (mut total, mut misses) = (0, Vec::new());
    for case in cases() {
        let ask = case.ask();
        let verdict = verdict::decide(&ask, &case.script(), Engine::default());
        for (engine, seen) in case.seen() {
            let Some(message) = seen.message.as_ref().filter(|_| !seen.allowed) else { continue };
            let console = of(&verdict, engine).console.clone().unwrap_or_default();
            let fits = match engine {
                Engine::Chromium => console.ends_with(&format!("has been blocked by CORS policy: {message}")) || console == *message,
                // The observation cuts the fixed wrapping off.
                Engine::Firefox => console.contains(&format!("(Reason: {message})")) || console == *message,
                Engine::Webkit => console.lines().any(|line| line == message),
            };
            total += 1;
            if !fits {
                misses.push(format!("{} {engine:?}\n  seen {message}\n  said {console}", case.id));
            }
        }
    }
    report("console texts", total, &misses);
}
