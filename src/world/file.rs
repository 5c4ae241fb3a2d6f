//! The form of a world file.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor, value};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::{Bucket, play};
use crate::ask::{Credentials, Redirect};

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
    /// The fields of the form that is posted, as `[name, value]`.
    #[serde(default)]
    pub form: Vec<(String, String)>,
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
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Which requests.
    #[serde(default)]
    pub when: When,
    /// The reply. Several take turns, anew for each question (method, URL, `Origin`, `Access-Control-Request-*`).
    #[serde(rename = "reply", deserialize_with = "one_or_more")]
    pub replies: Vec<Reply>,
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
    #[serde(default)]
    pub status: u16,
    /// `name: value` lines, in order.
    #[serde(default)]
    pub headers: Vec<String>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// How often it is given before the next takes its turn.
    #[serde(default)]
    pub times: Option<u32>,
    /// The connection is closed in its place.
    #[serde(default)]
    pub closes: bool,
}

/// One table, or a list of them.
fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Reply>, D::Error> {
    struct Replies;
    impl<'de> Visitor<'de> for Replies {
        type Value = Vec<Reply>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a reply or a list of replies")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Reply::deserialize(value::MapAccessDeserializer::new(map)).map(|reply| vec![reply])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(value::SeqAccessDeserializer::new(list))
        }
    }
    from.deserialize_any(Replies)
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
    /// Texts that neither the diagnosis nor a finding may contain, in any case.
    #[serde(default)]
    pub unmentioned: Vec<String>,
    /// How sure it must be.
    #[serde(default)]
    pub confidence: Option<crate::cause::Confidence>,
}
