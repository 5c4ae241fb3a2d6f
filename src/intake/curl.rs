//! A curl command: "Copy as cURL" of any browser, or one written by hand.

use std::borrow::Cow;

use url::Url;

use super::page::Draft;
use super::{IntakeError, MAX_ITEMS, form, shell, text};
use crate::ask::{Credentials, Redirect};

/// Long options with a value. <https://curl.se/docs/manpage.html>.
const VALUED: &[&str] = &[
    "abstract-unix-socket",
    "alt-svc",
    "aws-sigv4",
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "ciphers",
    "config",
    "connect-timeout",
    "connect-to",
    "continue-at",
    "cookie-jar",
    "create-file-mode",
    "crlfile",
    "curves",
    "data-urlencode",
    "delegation",
    "dns-interface",
    "dns-ipv4-addr",
    "dns-ipv6-addr",
    "dns-servers",
    "doh-url",
    "dump-header",
    "engine",
    "etag-compare",
    "etag-save",
    "expect100-timeout",
    "ftp-port",
    "happy-eyeballs-timeout-ms",
    "haproxy-clientip",
    "hsts",
    "interface",
    "ip-tos",
    "ipfs-gateway",
    "keepalive-time",
    "key",
    "key-type",
    "libcurl",
    "limit-rate",
    "local-port",
    "login-options",
    "mail-from",
    "mail-rcpt",
    "max-filesize",
    "max-redirs",
    "max-time",
    "netrc-file",
    "noproxy",
    "oauth2-bearer",
    "output",
    "output-dir",
    "parallel-max",
    "pass",
    "pinnedpubkey",
    "preproxy",
    "proto",
    "proto-default",
    "proto-redir",
    "proxy",
    "proxy-cacert",
    "proxy-cert",
    "proxy-ciphers",
    "proxy-header",
    "proxy-key",
    "proxy-pass",
    "proxy-user",
    "proxy1.0",
    "pubkey",
    "range",
    "rate",
    "request-target",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "sasl-authzid",
    "service-name",
    "socks4",
    "socks5",
    "socks5-hostname",
    "speed-limit",
    "speed-time",
    "stderr",
    "time-cond",
    "tls-max",
    "tls13-ciphers",
    "tlsauthtype",
    "tlspassword",
    "tlsuser",
    "trace",
    "trace-ascii",
    "trace-config",
    "unix-socket",
    "upload-file",
    "url-query",
    "variable",
    "vlan-priority",
    "write-out",
];

/// Short options with a value.
const SHORT_VALUED: &str = "ACDEFHKPQTUXYbcdehmortuwxyz";

/// What is gathered of one command.
#[expect(clippy::struct_excessive_bools, reason = "each is one option of curl")]
struct Command {
    urls: Vec<String>,
    draft: Draft,
    to_query: bool,
    /// What goes into the query whatever happens to the body.
    query: Vec<String>,
    body: Vec<String>,
    head: bool,
    form: bool,
    upload: bool,
}

/// A command at the beginning of the text, a request for each of its URLs, and what follows it.
pub(super) fn read(text: &str) -> Result<Option<(Vec<Draft>, &str)>, IntakeError> {
    if !is_curl(text) {
        return Ok(None);
    }
    let (words, rest) = shell::words(text);
    let mut drafts = Vec::new();
    for words in words.get(1..).unwrap_or_default().split(|word| word == "--next" || word == "-:") {
        drafts.extend(command(words)?);
    }
    Ok(Some((drafts, rest)))
}

/// Whether the first word is curl, also as `/usr/bin/curl`, `curl.exe` or `\curl`.
fn is_curl(text: &str) -> bool {
    const LONGEST: usize = 200;
    let start = &text[..text.floor_char_boundary(LONGEST)];
    let word = start.split([' ', '\t', '\n', '\r', '^']).next().unwrap_or_default().trim_end_matches('\\');
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    name.eq_ignore_ascii_case("curl") || name.eq_ignore_ascii_case("curl.exe")
}

fn command(words: &[String]) -> Result<Vec<Draft>, IntakeError> {
    let Ok(nowhere) = Url::parse("http://localhost/") else { return Ok(Vec::new()) };
    let mut command = Command {
        urls: Vec::new(),
        draft: Draft::get(nowhere),
        to_query: false,
        query: Vec::new(),
        body: Vec::new(),
        head: false,
        form: false,
        upload: false,
    };
    let words: Vec<Cow<'_, str>> = words.iter().map(|word| straight_dashes(word)).collect();
    let mut words = words.iter().map(AsRef::as_ref);
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some("") => {}
            Some(long) => {
                let (long, attached) = long.split_once('=').map_or((long, None), |(long, value)| (long, Some(value)));
                let value = if attached.is_some() {
                    attached
                } else if takes_value(long) {
                    Some(words.next().ok_or_else(|| broken(&format!("--{long} has no value; the command seems cut off")))?)
                } else {
                    None
                };
                command.option(long, value);
            }
            None if word.len() > 1 && word.starts_with('-') => command.short(&word[1..], &mut words).map_err(|problem| broken(&problem))?,
            None => command.urls.push(word.to_owned()),
        }
    }
    command.finish()
}

/// The variable in the place of scheme or host, as a script has it: whose host it is only the shell knows.
fn shell_variable(url: &str) -> Option<&str> {
    let place = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = place.split(['/', '?', '#']).next()?;
    place.find('$').map(|at| &place[at..])
}

/// An option whose dashes a word processor has joined or lengthened.
fn straight_dashes(word: &str) -> Cow<'_, str> {
    let Some(rest) = word.strip_prefix(['–', '—', '−']) else { return Cow::Borrowed(word) };
    let dashes = if rest.chars().count() == 1 { "-" } else { "--" };
    Cow::Owned(format!("{dashes}{}", rest.trim_start_matches(['–', '—', '-'])))
}

fn takes_value(long: &str) -> bool {
    is_known(long) || VALUED.contains(&long)
}

/// Options with a value that say something about the request.
fn is_known(long: &str) -> bool {
    matches!(
        long,
        "url"
            | "request"
            | "header"
            | "cookie"
            | "user"
            | "user-agent"
            | "referer"
            | "data"
            | "data-raw"
            | "data-binary"
            | "data-ascii"
            | "json"
            | "form"
            | "form-string"
    )
}

impl Command {
    fn short<'a>(&mut self, letters: &'a str, words: &mut impl Iterator<Item = &'a str>) -> Result<(), String> {
        for (at, letter) in letters.char_indices() {
            if !SHORT_VALUED.contains(letter) {
                self.option(&letter.to_string(), None);
                continue;
            }
            let attached = &letters[at + letter.len_utf8()..];
            let value = if attached.is_empty() { words.next() } else { Some(attached) };
            let value = value.ok_or_else(|| format!("-{letter} has no value; the command seems cut off"))?;
            self.option(&letter.to_string(), Some(value));
            break;
        }
        Ok(())
    }

    fn option(&mut self, name: &str, value: Option<&str>) {
        let text = value.unwrap_or_default();
        match name {
            "url" => self.urls.push(text.to_owned()),
            "request" | "X" => self.draft.method = Some(text.trim().to_owned()),
            "header" | "H" => self.header(text),
            "cookie" | "b" => self.draft.headers.push(("cookie".into(), text.to_owned())),
            "user" | "u" | "oauth2-bearer" => self.draft.names.push("authorization".into()),
            "user-agent" | "A" => {}
            "referer" | "e" => self.draft.headers.push(("referer".into(), text.to_owned())),
            "data" | "d" | "data-raw" | "data-binary" | "data-ascii" | "data-urlencode" => self.body.push(text.to_owned()),
            "json" => {
                self.body.push(text.to_owned());
                self.draft.headers.push(("content-type".into(), "application/json".into()));
            }
            "form" | "F" | "form-string" => {
                self.form = true;
                self.draft.form_is_whole = true;
                self.draft.form.extend(form::curl_field(text, name == "form-string"));
            }
            "range" | "r" => self.draft.headers.push(("range".into(), format!("bytes={text}"))),
            "url-query" => self.query.push(text.trim_start_matches('+').to_owned()),
            "upload-file" | "T" => self.upload = true,
            "get" | "G" => self.to_query = true,
            "head" | "I" => self.head = true,
            _ => {}
        }
    }

    fn header(&mut self, line: &str) {
        // `Name;` sends the header with no value, `Name:` takes it away; pseudo headers begin with a colon.
        if let Some((name, value)) = line.trim_start_matches(':').split_once(':') {
            if !line.starts_with(':') && !(value.trim().is_empty()) {
                self.draft.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        } else if let Some(name) = line.strip_suffix(';') {
            self.draft.headers.push((name.trim().to_owned(), String::new()));
        }
    }

    fn finish(mut self) -> Result<Vec<Draft>, IntakeError> {
        // A word without a scheme beside one that has it is the value of an option that is not known here.
        if self.urls.iter().any(|url| url.contains("://")) {
            self.urls.retain(|url| url.contains("://"));
        }
        if self.urls.is_empty() {
            return Err(broken("it has no URL; copy the whole command"));
        }
        let mut urls = Vec::new();
        for url in self.urls.iter().take(MAX_ITEMS) {
            urls.push(self.url(url)?);
        }
        if self.to_query {
            self.body.clear();
        }
        let sends = !self.body.is_empty() || self.form;
        let method = if self.head {
            "HEAD"
        } else if self.upload {
            "PUT"
        } else if sends {
            "POST"
        } else {
            "GET"
        };
        self.draft.method.get_or_insert_with(|| method.to_owned());
        if let [body] = self.body.as_slice()
            && !body.starts_with('@')
        {
            self.draft.body_bytes = u64::try_from(body.len()).ok();
            self.draft.body(body);
        }
        self.draft.redirect = Redirect::Follow;
        if self.draft.header("cookie").is_some() {
            self.draft.credentials = Some(Credentials::Include);
        }
        Ok(urls.into_iter().map(|url| Draft { url, ..self.draft.clone() }).collect())
    }

    /// One of the URLs, with what `--url-query` and `--get` put into its query.
    fn url(&self, text: &str) -> Result<Url, IntakeError> {
        if let Some(variable) = shell_variable(text) {
            return Err(broken(&format!("its URL holds the variable {variable}; paste the command with the value in its place")));
        }
        let none = || broken(&format!("{:?} is not an http or https URL", crate::evidence::redact::text(text)));
        let mut url = text::loose_url(text).ok_or_else(none)?;
        let body = self.body.iter().filter(|_| self.to_query);
        let query = url.query().into_iter().chain(self.query.iter().chain(body).map(String::as_str)).collect::<Vec<_>>().join("&");
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
        Ok(url)
    }
}

fn broken(problem: &str) -> IntakeError {
    IntakeError::Broken { what: "the curl command", problem: problem.to_owned() }
}
