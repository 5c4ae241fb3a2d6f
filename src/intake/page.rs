//! From the request that a browser sent to the one that the page made: what the browser and its tools add is not the page's.

use url::Url;

use super::form::multipart;
use super::{Hints, Intake, IntakeError, Meaning, Source};
use crate::ask::{Ask, Credentials, Redirect};
use crate::aws::s3::presign::Presigned;
use crate::evidence::redact;
use crate::web::{Origin, header};

/// A request as the pasted text has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    /// Where to.
    pub(super) url: Url,
    /// Method, where the text names it.
    pub(super) method: Option<String>,
    /// Header lines, the browser's own among them.
    pub(super) headers: Vec<(String, String)>,
    /// Names of headers whose values are unknown.
    pub(super) names: Vec<String>,
    /// The page, where the text names it apart from the headers.
    pub(super) referrer: Option<String>,
    /// The page's origin as a message names it.
    pub(super) named_origin: Option<String>,
    /// Credentials mode, where the text names it.
    pub(super) credentials: Option<Credentials>,
    /// Redirect mode.
    pub(super) redirect: Redirect,
    /// A preflight was sent although nothing else explains it.
    pub(super) preflighted: bool,
    /// Size of the body.
    pub(super) body_bytes: Option<u64>,
    /// The fields of the form that is posted.
    pub(super) form: Vec<(String, String)>,
    /// Whether these are all its fields.
    pub(super) form_is_whole: bool,
}

impl Draft {
    /// A plain GET.
    pub(super) fn get(url: Url) -> Self {
        Self {
            url,
            method: None,
            headers: Vec::new(),
            names: Vec::new(),
            referrer: None,
            named_origin: None,
            credentials: None,
            redirect: Redirect::default(),
            preflighted: false,
            body_bytes: None,
            form: Vec::new(),
            form_is_whole: false,
        }
    }

    /// Takes a body that may be a multipart form.
    pub(super) fn body(&mut self, body: &str) {
        let is_form = self.header("content-type").is_none_or(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"));
        if is_form && self.form.is_empty() {
            self.form = multipart(body);
            self.form_is_whole = true;
        }
    }

    /// The value of a header line.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The page's origin: the user's, the `Origin` header's, the referrer's, the message's.
    pub(super) fn origin(&self, hints: &Hints) -> Option<Origin> {
        let of_url = |text: &str| Url::parse(text.trim()).ok().map(|url| Origin::of(&url)).filter(|origin| !origin.is_null());
        let written = |text: &str| Origin::parse(text.trim()).or_else(|error| error.sent.ok_or(())).ok();
        hints
            .origin
            .clone()
            .or_else(|| self.header("origin").and_then(written))
            .or_else(|| self.header("referer").and_then(of_url))
            .or_else(|| self.referrer.as_deref().and_then(of_url))
            .or_else(|| self.named_origin.as_deref().and_then(written))
    }

    /// What the page asked for.
    pub(super) fn ask(&self, hints: &Hints) -> Result<Ask, IntakeError> {
        let method = self.method.clone().unwrap_or_else(|| "GET".into());
        let Some(origin) = self.origin(hints).or_else(|| hints.fallback.clone()) else {
            return Err(IntakeError::NoOrigin(format!("{method} {}", short_url(&self.url))));
        };
        let mut ask = Ask::get(self.url.clone(), origin);
        // A fragment is never sent.
        ask.url.set_fragment(None);
        ask.method = method;
        ask.form = Presigned::of_post(&ask.url, &self.form, self.form_is_whole).map(Box::new);
        ask.redirect = self.redirect;
        ask.body_bytes = self.body_bytes.filter(|n| *n > 0);
        ask.credentials =
            self.credentials.unwrap_or(if self.header("cookie").is_some() { Credentials::Include } else { Credentials::SameOrigin });
        let announced = self.header("access-control-request-method").map(str::trim).filter(|m| !m.is_empty());
        if let Some(announced) = announced.filter(|_| ask.sent_method() == "OPTIONS") {
            ask.method = announced.to_owned();
            ask.body_bytes = None;
            ask.headers =
                names_in(self.header("access-control-request-headers").unwrap_or_default()).map(|n| (n.to_owned(), None)).collect();
            // A preflight for nothing that would need one comes from an upload listener.
            ask.upload_listener = ask.headers.is_empty() && matches!(ask.method.as_str(), "GET" | "HEAD" | "POST");
            return Ok(ask);
        }
        ask.headers = self.page_headers();
        ask.upload_listener = self.preflighted && !crate::verdict::needs_preflight(&ask, crate::verdict::Engine::Chromium);
        Ok(ask)
    }

    /// The headers that the page set.
    fn page_headers(&self) -> Vec<(String, Option<String>)> {
        let uncached = self.header("pragma").is_some_and(is_no_cache) && self.header("cache-control").is_some_and(is_no_cache);
        let mut headers: Vec<(String, Option<String>)> = Vec::new();
        for (name, value) in &self.headers {
            let name = name.trim().to_ascii_lowercase();
            let reload = uncached && matches!(name.as_str(), "pragma" | "cache-control");
            if header::is_token(&name) && !reload && !is_browsers(&name, value) {
                headers.push((name, Some(header::trim(value).to_owned())));
            }
        }
        for name in &self.names {
            let name = name.trim().to_ascii_lowercase();
            if header::is_token(&name) && !headers.iter().any(|(known, _)| *known == name) {
                headers.push((name, None));
            }
        }
        headers
    }

    /// What was understood.
    pub(super) fn intake(self, source: Source, hints: &Hints) -> Result<Intake, IntakeError> {
        let ask = self.ask(hints)?;
        Ok(Intake { source, understood: sentence(&ask), meaning: Meaning::Ask { ask: Box::new(ask), recorded: None } })
    }
}

/// `PUT https://… from https://app… with content-type, x-amz-acl`.
pub(super) fn sentence(ask: &Ask) -> String {
    let mut sentence = format!("{} {} from {}", ask.sent_method(), short_url(&ask.url), ask.origin);
    let names: Vec<&str> = ask.headers.iter().map(|(name, _)| name.as_str()).collect();
    if !names.is_empty() {
        sentence.push_str(" with ");
        sentence.push_str(&names.join(", "));
    }
    if ask.with_credentials() {
        sentence.push_str(if names.is_empty() { " with credentials" } else { " and credentials" });
    }
    if ask.form.is_some() {
        sentence.push_str(", a presigned form");
    }
    if ask.upload_listener {
        sentence.push_str(", preflighted");
    }
    sentence
}

/// The URL without its secrets; a long query is left out.
pub(super) fn short_url(url: &Url) -> String {
    let query = url.query().map_or(0, str::len);
    let mut url = url.clone();
    if query > 60 {
        url.set_query(None);
    }
    let dots = if query > 60 { "?…" } else { "" };
    format!("{}{dots}", redact::text(url.as_str()))
}

/// The names of a comma-separated list.
pub(super) fn names_in(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|name| header::is_token(name))
}

fn is_no_cache(value: &str) -> bool {
    value.trim().eq_ignore_ascii_case("no-cache")
}

/// Whether the browser adds this header by itself. `name` is in lower case.
fn is_browsers(name: &str, value: &str) -> bool {
    const ADDED: [&str; 19] = [
        "accept-language",
        "device-memory",
        "downlink",
        "dpr",
        "ect",
        "if-modified-since",
        "if-none-match",
        "priority",
        "proxy-connection",
        "purpose",
        "rtt",
        "save-data",
        "upgrade-insecure-requests",
        "user-agent",
        "viewport-width",
        "width",
        "x-client-data",
        "x-devtools-emulate-network-conditions-client-id",
        "authority",
    ];
    let value = value.trim();
    match name {
        "accept" => {
            value == "*/*"
                || value.starts_with("text/html,application/xhtml+xml")
                || value.starts_with("image/avif,image/webp")
                || value.is_empty()
        }
        "cache-control" => value.eq_ignore_ascii_case("max-age=0"),
        // The browser makes the boundary, so the page handed over a FormData; this type needs no preflight anyway.
        "content-type" => value.to_ascii_lowercase().starts_with("multipart/form-data"),
        _ => ADDED.contains(&name) || header::is_forbidden(name, value),
    }
}
