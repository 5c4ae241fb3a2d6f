//! The options that describe an ask and how to probe it, shared by `probe`, `s3`, `check`, `lint` and `suggest`.

use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use url::Url;

use super::output::{Trouble, read_text};
use crate::ask::{Ask, Credentials};
use crate::remedy::clients;
use crate::suite::Defaults;
use crate::verdict::Engine;
use crate::web::Origin;
use crate::web::header::is_token;

/// Largest file of headers.
const MAX_HEADERS: u64 = 1 << 20;

/// What the page asks for.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The request")]
pub(crate) struct AskArgs {
    /// The page's origin, such as https://app.example.com
    #[arg(long, env = "WHYCORS_ORIGIN", value_name = "ORIGIN")]
    pub(crate) origin: Option<String>,
    /// Method of the actual request [default: GET]
    #[arg(long, short = 'X', env = "WHYCORS_METHOD", value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A request header; with a value, the value decides whether it is safelisted. @FILE takes them from a file, a line each,
    /// so that no secret stands in the list of processes
    #[arg(long = "header", short = 'H', env = "WHYCORS_HEADER", value_name = "NAME[: VALUE]", allow_hyphen_values = true)]
    pub(crate) headers: Vec<String>,
    /// As `credentials: "include"` or `withCredentials`
    #[arg(long, env = "WHYCORS_CREDENTIALS")]
    pub(crate) credentials: bool,
    /// The page uses XMLHttpRequest with an upload progress listener: a preflight is always sent
    #[arg(long, env = "WHYCORS_UPLOAD_LISTENER")]
    pub(crate) upload_listener: bool,
    /// Add the headers that a well-known client sends; repeatable
    #[arg(long = "as", env = "WHYCORS_AS", value_name = "NAME", value_delimiter = ',', ignore_case = true, value_parser = client_names())]
    pub(crate) clients: Vec<String>,
    /// A response header that the page must be able to read; repeatable
    #[arg(long = "expose", env = "WHYCORS_EXPOSE", value_name = "NAME", value_delimiter = ',')]
    pub(crate) expose: Vec<String>,
    /// What the project's file says, where the options are silent.
    #[arg(skip)]
    pub(crate) defaults: Defaults,
}

/// Whose console wording to show first.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Browser {
    #[default]
    #[value(aliases = ["chrome", "edge"])]
    Chromium,
    Firefox,
    #[value(alias = "safari")]
    Webkit,
}

impl From<Browser> for Engine {
    fn from(browser: Browser) -> Self {
        match browser {
            Browser::Chromium => Self::Chromium,
            Browser::Firefox => Self::Firefox,
            Browser::Webkit => Self::Webkit,
        }
    }
}

impl AskArgs {
    /// The ask for a URL, or what is wrong with the options.
    pub(crate) fn ask(&self, url: Url) -> Result<Ask, Trouble> {
        let origin = match (&self.origin, &self.defaults.origin) {
            (Some(pattern), _) if pattern.contains('*') => {
                let example = if pattern.contains("://*.") { &pattern.replace("*.", "app.") } else { "https://app.example.com" };
                let advice = "that is a pattern of CORS rules; a browser sends the origin of one page";
                return Err(Trouble::new(format!("--origin {pattern:?}: {advice}, such as {example}")));
            }
            (Some(given), _) => Origin::parse(given).map_err(|e| Trouble::new(format!("--origin: {e}")))?,
            (None, Some(usual)) => usual.clone(),
            (None, None) => {
                return Err(Trouble::new("the page's origin is missing: add --origin https://your.app (or set WHYCORS_ORIGIN)"));
            }
        };
        let mut ask = Ask::get(url, origin);
        self.usual(&mut ask);
        self.overlay(&mut ask)?;
        Ok(ask)
    }

    /// What the project's file says of a request that is described on the command line; what was pasted describes itself.
    fn usual(&self, ask: &mut Ask) {
        let Defaults { method, headers, credentials, upload_listener, expose, .. } = self.defaults.clone();
        ask.method = method.unwrap_or_else(|| ask.method.clone());
        // A list that is given replaces the usual one.
        if self.headers.is_empty() {
            ask.headers = headers;
        }
        if self.expose.is_empty() {
            ask.expose = expose;
        }
        if credentials {
            ask.credentials = Credentials::Include;
        }
        ask.upload_listener = upload_listener;
    }

    /// Lays the options over a request that came from elsewhere; an option wins over what was there.
    pub(crate) fn overlay(&self, ask: &mut Ask) -> Result<(), Trouble> {
        if let Some(method) = &self.method {
            ask.method.clone_from(method);
        }
        let given = headers(&self.headers)?;
        ask.headers.retain(|(known, _)| !given.iter().any(|(name, _)| name.eq_ignore_ascii_case(known)));
        ask.headers.extend(given);
        for client in self.clients.iter().filter_map(|name| clients::find(name)) {
            client.apply(ask, self.method.is_some() || ask.method != "GET");
        }
        if self.credentials {
            ask.credentials = Credentials::Include;
        }
        ask.upload_listener |= self.upload_listener;
        for name in &self.expose {
            ask.expose.push(header_name("--expose", name, "NAME")?.to_owned());
        }
        Ok(())
    }
}

fn client_names() -> PossibleValuesParser {
    PossibleValuesParser::new(clients::all().iter().map(|client| PossibleValue::new(client.name).help(client.about)))
}

fn headers(texts: &[String]) -> Result<Vec<(String, Option<String>)>, Trouble> {
    let mut given = Vec::new();
    for text in texts {
        match text.strip_prefix('@') {
            None => given.push(header(text)?),
            Some(file) => {
                let lines = read_text(Path::new(file), MAX_HEADERS)?;
                given.extend(lines.lines().filter(|line| !line.trim().is_empty()).map(header).collect::<Result<Vec<_>, _>>()?);
            }
        }
    }
    Ok(given)
}

fn header(text: &str) -> Result<(String, Option<String>), Trouble> {
    let (name, value) = match text.split_once(':') {
        Some((name, value)) => (name.trim(), Some(value.trim().to_owned())),
        None => (text.trim(), None),
    };
    Ok((header_name("--header", name, "NAME or \"NAME: VALUE\"")?.to_owned(), value))
}

/// The name, if it is one.
fn header_name<'a>(option: &str, name: &'a str, form: &str) -> Result<&'a str, Trouble> {
    let name = name.trim();
    if !is_token(name) {
        return Err(Trouble::new(format!("{option}: {name:?} is not a header name; write {form}")));
    }
    no_option(option, name, form)?;
    Ok(name)
}

/// What looks like an option stands where the value of the one before it was forgotten.
pub(super) fn no_option(option: &str, value: &str, form: &str) -> Result<(), Trouble> {
    if value.starts_with('-') {
        return Err(Trouble::new(format!("{option}: {value:?} looks like an option, and no header is called so; write {form}")));
    }
    Ok(())
}
