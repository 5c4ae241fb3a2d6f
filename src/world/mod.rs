//! A world: a file that says how names, connections and servers behave for one ask, and what must be concluded.
//!
//! The same file is played on loopback by the lab, played here without sockets, and read by people as documentation.

mod expect;
mod play;
mod s3;

pub use play::{certificate_names, simulate, simulate_with};
pub use s3::{Acceleration, Bucket, Object, Refusal, Rules};

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use url::Url;

use crate::ask::{Ask, Credentials, Redirect};
use crate::evidence::{Request, Response};
use crate::web::Origin;

static CAUSES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/cause");
static STORIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/story");

/// A world file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Where it came from: `cause/<code>`, `cause/<code>/near/<name>` or `story/<name>`.
    #[serde(skip)]
    pub name: String,
    /// One line: what is going on.
    pub title: String,
    /// The longer story.
    #[serde(default)]
    pub story: String,
    /// Where the behaviour is known from.
    #[serde(default)]
    pub source: String,
    /// What the page asks for.
    pub ask: WorldAsk,
    /// Names that do not simply resolve to loopback.
    #[serde(default)]
    pub dns: BTreeMap<String, Name>,
    /// Hosts whose certificate is not right.
    #[serde(default)]
    pub tls: BTreeMap<String, TlsMode>,
    /// Hosts whose connections go wrong, by `host` or `host:port`.
    #[serde(default)]
    pub tcp: BTreeMap<String, TcpMode>,
    /// Requests and replies; the first that matches answers. Where none does, a bucket may, and then a plain 404.
    #[serde(default)]
    pub exchange: Vec<Exchange>,
    /// Emulated buckets.
    #[serde(default)]
    pub bucket: Vec<Bucket>,
    /// What must be concluded.
    pub expect: Expect,
}

/// The ask of a world, as short as a person writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldAsk {
    /// The URL. `{now-60:amz}`, `{now:day}` and `{now+300:epoch}` are times relative to the run.
    pub url: String,
    /// The page's origin.
    pub origin: String,
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// `name` or `name: value`.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Credentials mode.
    #[serde(default)]
    pub credentials: Credentials,
    /// Redirect mode.
    #[serde(default)]
    pub redirect: Redirect,
    /// Upload progress listener.
    #[serde(default)]
    pub upload_listener: bool,
    /// Headers that the page reads.
    #[serde(default)]
    pub expose: Vec<String>,
    /// Whether a request that could change data is sent.
    #[serde(default)]
    pub send_actual: bool,
    /// Size of the body sent with it.
    #[serde(default)]
    pub body_bytes: Option<u64>,
}

fn get() -> String {
    "GET".into()
}

impl WorldAsk {
    /// The host of the URL, as a URL writes it.
    pub fn host(&self) -> Option<String> {
        Url::parse(&play::clock(&self.url, 0)).ok()?.host_str().map(str::to_owned)
    }
}

/// What DNS says of a name. The default: no chain, loopback.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The CNAME chain.
    #[serde(default)]
    pub cname: Vec<String>,
    /// Addresses; loopback when left out. `[]` with no response code is "no address".
    #[serde(default)]
    pub a: Option<Vec<String>>,
    /// `NXDOMAIN`, `SERVFAIL`, `REFUSED`.
    #[serde(default)]
    pub rcode: Option<String>,
    /// The resolver is silent.
    #[serde(default)]
    pub timeout: bool,
}

impl Name {
    /// The addresses in the order given.
    pub fn addresses(&self) -> Vec<String> {
        self.a.clone().unwrap_or_else(|| vec!["127.0.0.1".into()])
    }
}

/// How a certificate is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// It is right.
    #[default]
    Ok,
    /// For one label less or other names.
    HostnameMismatch,
    /// It ended three days ago.
    Expired,
    /// It begins in three days.
    NotYetValid,
    /// Signed by an authority nobody trusts.
    Untrusted,
    /// Plain HTTP on the TLS port.
    PlainHttp,
    /// The handshake is refused by an alert.
    Alert,
}

/// How a connection goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TcpMode {
    /// It does not.
    #[default]
    Ok,
    /// Nothing listens.
    Refused,
    /// The connect is never answered.
    Timeout,
    /// Accepted, then reset.
    Reset,
    /// Accepted, then silence.
    Hang,
    /// Accepted, the request read, then closed.
    Close,
    /// Answers with something that is not HTTP.
    Garbage,
    /// No route leads there.
    Unreachable,
}

/// One request and its reply.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Which requests.
    #[serde(default)]
    pub when: When,
    /// The reply.
    pub reply: Reply,
}

/// Which requests an exchange answers; what is left out matches all. `*` in a text stands for anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Method.
    #[serde(default)]
    pub method: Option<String>,
    /// Host, without the port.
    #[serde(default)]
    pub host: Option<String>,
    /// Path, with or without the query.
    #[serde(default)]
    pub path: Option<String>,
    /// `http` or `https`.
    #[serde(default)]
    pub scheme: Option<String>,
    /// Request headers that must match. An empty text: the header must be absent.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// A reply. `{origin}`, `{acrm}`, `{acrh}`, `{host}` and `{path}` are filled in from the request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// `name: value` lines, in order.
    #[serde(default)]
    pub headers: Vec<String>,
    /// The body.
    #[serde(default)]
    pub body: String,
}

/// What must be concluded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Whether a browser lets it through.
    pub allowed: bool,
    /// Where it fails; nothing is checked when left out.
    #[serde(default)]
    pub stage: Option<crate::verdict::Stage>,
    /// The diagnosis' code; none must be given when left out.
    #[serde(default)]
    pub cause: Option<String>,
    /// Codes that must be among the findings.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Texts that the diagnosis or findings must contain, in any case.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// How sure it must be.
    #[serde(default)]
    pub confidence: Option<crate::cause::Confidence>,
}

/// What is wrong with a world file.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct WorldError {
    /// The file.
    pub name: String,
    /// What is wrong.
    pub problem: String,
}

impl World {
    /// Reads a world file.
    pub fn parse(name: &str, text: &str) -> Result<Self, WorldError> {
        let fail = |problem: String| WorldError { name: name.to_owned(), problem };
        let mut world: Self = toml::from_str(text).map_err(|e| fail(e.to_string()))?;
        name.clone_into(&mut world.name);
        world.ask(0).map_err(fail)?;
        Ok(world)
    }

    /// The ask at a time, in seconds since 1970.
    pub fn ask(&self, now: i64) -> Result<Ask, String> {
        let ask = &self.ask;
        let url = Url::parse(&play::clock(&ask.url, now)).map_err(|e| format!("url: {e}"))?;
        let origin = Origin::parse(&ask.origin).map_err(|e| e.to_string())?;
        let headers = ask.headers.iter().map(|h| match h.split_once(':') {
            Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
            None => (h.clone(), None),
        });
        Ok(Ask {
            url,
            origin,
            method: ask.method.clone(),
            headers: headers.collect(),
            credentials: ask.credentials,
            redirect: ask.redirect,
            upload_listener: ask.upload_listener,
            expose: ask.expose.clone(),
            body_bytes: ask.body_bytes,
        })
    }

    /// What DNS says of a host: its own entry, or that of the name whose chain leads over it.
    pub fn name(&self, host: &str) -> Name {
        let host = host.to_ascii_lowercase();
        if let Some(name) = self.dns.get(&host) {
            return name.clone();
        }
        let over = self.dns.values().find_map(|name| {
            let at = name.cname.iter().position(|next| *next == host)?;
            Some(Name { cname: name.cname.get(at + 1..).unwrap_or_default().to_vec(), ..name.clone() })
        });
        let of_bucket = || Name { cname: s3::chain(&self.bucket, &host).unwrap_or_default(), ..Name::default() };
        over.unwrap_or_else(of_bucket)
    }

    /// Whether a name leads, or the URL itself points, to an address that is not loopback.
    pub fn names_foreign_addresses(&self) -> bool {
        let foreign = |text: &str| text.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| !ip.is_loopback());
        self.ask.host().is_some_and(|host| foreign(&host)) || self.dns.values().any(|name| name.addresses().iter().any(|a| foreign(a)))
    }

    /// How connections to a host and port go.
    pub fn tcp_mode(&self, host: &str, port: u16) -> TcpMode {
        self.tcp.get(&format!("{host}:{port}")).or_else(|| self.tcp.get(host)).copied().unwrap_or_default()
    }

    /// How the handshake with a host goes.
    pub fn tls_mode(&self, host: &str) -> TlsMode {
        let misfits = s3::certificate_misfits(&self.bucket, host);
        self.tls.get(host).copied().unwrap_or(if misfits { TlsMode::HostnameMismatch } else { TlsMode::Ok })
    }

    /// The reply of this world's servers to a request at a time; header names as written.
    pub fn respond(&self, request: &Request, now: i64) -> Response {
        play::respond(self, request, now)
    }

    /// Every embedded world, by name.
    pub fn all() -> Result<Vec<Self>, WorldError> {
        let mut files = Vec::new();
        collect(&CAUSES, "cause", &mut files);
        collect(&STORIES, "story", &mut files);
        files.sort();
        files.into_iter().map(|(name, text)| Self::parse(&name, text)).collect()
    }
}

fn collect<'a>(dir: &'a Dir<'a>, prefix: &str, files: &mut Vec<(String, &'a str)>) {
    for file in dir.files().filter(|f| f.path().extension().is_some_and(|e| e == "toml")) {
        let path = file.path().with_extension("").to_string_lossy().replace('\\', "/");
        let name = path.strip_suffix("/world").unwrap_or(&path);
        files.push((format!("{prefix}/{name}"), file.contents_utf8().unwrap_or_default()));
    }
    for dir in dir.dirs() {
        collect(dir, prefix, files);
    }
}
