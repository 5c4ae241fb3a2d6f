//! The first step of the CORS protocol that an answer fails, with what the rules need to speak of it.
//!
//! The verdict has decided already; this sorts its failed checks into the kinds that have a cause of their own.

use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix, quote};
use crate::evidence::{Probe, Purpose, Response};
use crate::layer::Layer;
use crate::remedy::granted::Granted;
use crate::remedy::server::{self, Policy};
use crate::remedy::{Snippet, apigw, lambda_url};
use crate::verdict::Stage;
use crate::web::site::{Relation, Space};
use crate::web::{Origin, list};

/// Which step failed, in the order of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No `Access-Control-Allow-Origin`.
    NoOrigin,
    /// `*` with credentials.
    Wildcard,
    /// More than one value.
    SeveralOrigins,
    /// No origin at all.
    NotAnOrigin,
    /// Another origin.
    OtherOrigin,
    /// No `Access-Control-Allow-Credentials`.
    NoCredentials,
    /// Anything but `true`.
    BadCredentials,
    /// A list of methods that cannot be read.
    BadMethods,
    /// A list of headers that cannot be read.
    BadHeaders,
    /// The method is not in the list.
    Method,
    /// A header is not in the list.
    Headers,
}

impl Kind {
    /// The check of the verdict that fails with it.
    fn check(self) -> &'static str {
        match self {
            Self::NoOrigin | Self::Wildcard | Self::SeveralOrigins | Self::NotAnOrigin | Self::OtherOrigin => "allow-origin",
            Self::NoCredentials | Self::BadCredentials => "allow-credentials",
            Self::BadMethods | Self::Method => "allow-methods",
            Self::BadHeaders | Self::Headers => "allow-headers",
        }
    }

    /// The first step that this answer fails.
    fn of(case: &Case<'_>, response: &Response, preflight: bool) -> Option<Self> {
        let bad = |name| preflight && response.combined(name).is_some_and(|value| list::bad_item(&value).is_some());
        Some(match () {
            () if case.check_failed("allow-origin") => origin_kind(case, response),
            () if case.check_failed("allow-credentials") => {
                let absent = response.header("access-control-allow-credentials").is_none();
                if absent { Self::NoCredentials } else { Self::BadCredentials }
            }
            () if bad("access-control-allow-methods") => Self::BadMethods,
            () if bad("access-control-allow-headers") => Self::BadHeaders,
            () if case.check_failed("allow-methods") => Self::Method,
            () if case.check_failed("allow-headers") => Self::Headers,
            () => return None,
        })
    }
}

/// An answer that fails a step. Answers that fail by their status, or that redirect, are not sorted here.
pub(super) struct Fault<'a> {
    pub(super) probe: &'a Probe,
    pub(super) response: &'a Response,
    /// The origin that was to be allowed.
    pub(super) origin: Origin,
    pub(super) preflight: bool,
}

impl<'a> Fault<'a> {
    /// The fault of this case, when it is of this kind.
    pub(super) fn is(case: &Case<'a>, kind: Kind) -> Option<Self> {
        if !case.check_failed(kind.check()) {
            return None;
        }
        let (probe, response) = match case.verdict.stage {
            Stage::Preflight => case.failed_preflight().filter(|(_, response)| response.is_ok())?,
            Stage::Actual => {
                case.failed_actual().filter(|(_, response)| !response.is_redirect() || response.header("location").is_none())?
            }
            _ => return None,
        };
        let preflight = case.verdict.stage == Stage::Preflight;
        let found = Kind::of(case, response, preflight)?;
        (found == kind).then(|| Self { probe, response, origin: case.origin_of(probe).into_owned(), preflight })
    }

    /// The lines of a header, as seen.
    pub(super) fn lines(&self, name: &str) -> Vec<&'a str> {
        self.response.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect()
    }

    /// The combined value of a header, without the spaces around it.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.response.combined(name).map(|value| value.trim_matches([' ', '\t']).to_owned())
    }

    /// `the answer to the preflight`, or which one else.
    pub(super) fn answer(&self) -> String {
        if self.preflight {
            "the answer to the preflight".into()
        } else {
            format!("the answer to the request itself (status {})", self.response.status)
        }
    }

    /// A finding that cites these header lines (or that they are missing).
    pub(super) fn finding(&self, case: &Case<'a>, header: &str, explanation: String) -> Finding {
        let also = self.also(case, header);
        let mut finding = Finding::new(explanation + &also).layer(case.answerer_of(self.probe).layer);
        let lines = self.lines(header);
        if lines.is_empty() {
            finding = finding.cite(self.probe, format!("status {}, no {header}", self.response.status));
        }
        for line in lines.into_iter().take(4) {
            finding = finding.cite(self.probe, format!("{header}: {}", quote(line, 200)));
        }
        finding
    }

    /// What the same answer fails next, so that nobody mends one line at a time.
    fn also(&self, case: &Case<'_>, header: &str) -> String {
        const NAMES: [(&str, &str); 4] = [
            ("allow-origin", "Access-Control-Allow-Origin"),
            ("allow-credentials", "Access-Control-Allow-Credentials"),
            ("allow-methods", "Access-Control-Allow-Methods"),
            ("allow-headers", "Access-Control-Allow-Headers"),
        ];
        if !self.preflight {
            return String::new();
        }
        let next = NAMES.iter().filter(|(check, name)| case.check_failed(check) && *name != header);
        let next: Vec<String> = next.map(|(check, name)| format!("{name} ({})", wanted(case, check))).collect();
        if next.is_empty() { String::new() } else { format!(" The same answer lacks more: {}.", next.join(", ")) }
    }

    /// The value that lets the page in. The origin `null` belongs to every sandboxed frame, so none is told to allow it by name.
    pub(super) fn advised(&self, case: &Case<'_>) -> String {
        if case.ask.origin.is_null() && !case.ask.with_credentials() { "*".to_owned() } else { self.origin.to_string() }
    }

    /// A change to the server's CORS headers, written for the platform that answered.
    pub(super) fn fix(&self, case: &Case<'_>, kind: &'static str, title: String, detail: &'static str) -> Fix {
        server_fix(case, self.probe, Fix::new(kind, title, detail))
    }
}

/// The fix with the CORS part of the configuration of whatever answered this probe.
pub(super) fn server_fix(case: &Case<'_>, probe: &Probe, fix: Fix) -> Fix {
    let pastes = pastes(case, probe);
    Fix { snippets: fix.snippets.into_iter().chain(pastes).collect(), ..fix }
}

/// What is left where the server belongs to somebody else, as one of another site on the internet may.
pub(super) fn ask_from_own_server(case: &Case<'_>) -> Option<Fix> {
    let url = &case.ask.url;
    let local = Space::of_url(url).is_some_and(|space| space != Space::Public);
    if local || case.target.kind != "other" || Relation::of(&case.ask.origin, url) != Relation::CrossSite {
        return None;
    }
    let detail = "CORS binds browsers alone. A route of your own (a backend, a function, the development server's proxy) makes the request \
        and hands the answer on.";
    let proxy = format!(
        "server: {{ proxy: {{ \"/api\": {{ target: \"{}\", changeOrigin: true, rewrite: (path) => path.replace(/^\\/api/, \"\") }} }} }}",
        url.origin().ascii_serialization()
    );
    let fix = Fix::new("ask-from-own-server", "where the server is not yours: let your own server ask it", detail);
    Some(fix.snippet("javascript", "Vite, for development", proxy))
}

fn pastes(case: &Case<'_>, probe: &Probe) -> Vec<Snippet> {
    let layer = case.answerer_of(probe).layer;
    let preflight = probe.request.method == "OPTIONS";
    // A function behind a proxy integration has a trace id; a MOCK has none.
    let function = probe.response.as_ref().is_some_and(|response| response.header("x-amzn-trace-id").is_some());
    match layer {
        Layer::ApigwRestIntegration if preflight && !function => apigw::options_answer(&grant(case)),
        Layer::ApigwRestIntegration => apigw::function_answer(&grant(case), preflight),
        Layer::ApigwHttp => apigw::http_cors(&grant(case)).snippets,
        Layer::LambdaUrl => lambda_url::cors(&grant(case)).snippets,
        _ if case.ask.origin.is_null() => Vec::new(),
        _ => server::pastes(&policy(case, probe), layer, probe.response.as_ref()),
    }
}

/// What the server has to allow, beside what its answers to the browser, and to what was varied of its preflight, allow already.
fn policy(case: &Case<'_>, probe: &Probe) -> Policy {
    let varied = case.follow_ups().filter(|varied| is_permitted(case, varied));
    let answers = [case.preflight(), Some(probe)].into_iter().flatten().chain(varied).filter_map(|probe| probe.response.as_ref());
    answers.fold(Policy::for_ask(case.ask, case.engine), |policy, response| policy.beside(&Granted::of(response)))
}

/// Whether a varied preflight shows an origin that the server has on a list.
fn is_permitted(case: &Case<'_>, probe: &Probe) -> bool {
    let varied = matches!(probe.purpose, Purpose::VaryOrigin | Purpose::VaryMethod | Purpose::VaryHeader);
    let named = |response: &Response| response.is_ok() && response.header("access-control-allow-origin") == probe.request.header("origin");
    varied && case.own_url_of(probe) == Some(&case.ask.url) && probe.response.as_ref().is_some_and(named)
}

/// What to say of a list whose item is the name in quotes: they are characters of a name like any other.
pub(super) fn in_quotes(list: &str, name: &str) -> &'static str {
    let quoted = |item: &str| item != item.trim_matches('\'') && item.trim_matches('\'').eq_ignore_ascii_case(name);
    if list::items(list).any(quoted) { " The quotes are sent along, and count as a part of the name." } else { "" }
}

fn wanted<'a>(case: &Case<'a>, check: &str) -> &'a str {
    case.verdict.checks.iter().find(|c| c.name == check).map_or("", |c| &*c.expected)
}

fn origin_kind(case: &Case<'_>, response: &Response) -> Kind {
    let Some(value) = response.combined("access-control-allow-origin") else { return Kind::NoOrigin };
    match value.trim_matches([' ', '\t']) {
        "*" if case.ask.with_credentials() => Kind::Wildcard,
        list if list.contains([',', ' ']) => Kind::SeveralOrigins,
        "null" => Kind::OtherOrigin,
        other if url::Url::parse(other).is_ok() => Kind::OtherOrigin,
        _ => Kind::NotAnOrigin,
    }
}

/// The finding for an allow list with an item that is no name. One such item spoils the whole list.
pub(super) fn unreadable_list(case: &Case<'_>, kind: Kind, header: &'static str, fix: &'static str) -> Option<Finding> {
    let fault = Fault::is(case, kind)?;
    let value = fault.value(&header.to_ascii_lowercase())?;
    let bad = quote(list::bad_item(&value)?, 80);
    let why = match () {
        () if bad.contains(['[', ']', '"', '\'']) => "a list of the program was printed as it is",
        () if bad.contains(';') => "items are separated by commas, not by semicolons",
        () if bad.contains(' ') => "a comma is missing between two items",
        () => "it holds a character that no name has",
    };
    let text = format!("The item \"{bad}\" in {header} is no name: {why}. One bad item makes browsers refuse the whole answer.");
    let mended = fault.fix(case, fix, "write the names separated by commas, nothing else".into(), "On the answer to OPTIONS.");
    Some(fault.finding(case, header, text).confidence(Confidence::Confirmed).fix(mended))
}
