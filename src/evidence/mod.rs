//! What was seen on the wire, as plain values: the record that a verdict and a diagnosis rest on, live or replayed.
//!
//! The world's failures are values here; nothing in this module decides.

mod failure;
mod patience;
pub mod redact;
mod step;

pub use failure::{Failure, FailureKind};
pub use step::{Purpose, Step};

use serde::{Deserialize, Serialize};

use crate::ask::Ask;

/// One ask and every exchange that was made for it, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The caller's name for it, kept in the output; what is no text comes as its JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When the first exchange began, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// What was asked.
    pub ask: Ask,
    /// What was sent and what came back.
    #[serde(default)]
    pub probes: Vec<Probe>,
    /// The bucket's CORS configuration as the user gave it, as the list that the S3 console takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors_config: Option<serde_json::Value>,
}

/// One exchange: a request, and the answer or the failure.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Probe {
    /// Name within the report, `p1` and up.
    #[serde(default)]
    pub id: String,
    /// Why it was sent.
    #[serde(default)]
    pub purpose: Purpose,
    /// Redirects that the browser had followed before it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hop: u32,
    /// 0 for what the browser itself sends, then the waves of follow-ups.
    #[serde(default)]
    pub wave: u32,
    /// What was sent. In recorded evidence the parts that follow from the ask may be missing.
    #[serde(default)]
    pub request: Request,
    /// The name's resolution, where this probe needed one.
    #[serde(default)]
    pub dns: Option<Dns>,
    /// The connection it ran over.
    #[serde(default)]
    pub connection: Option<Connection>,
    /// The TLS session, for https.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// The answer.
    #[serde(default)]
    pub response: Option<Response>,
    /// Why there is none.
    #[serde(default)]
    pub failure: Option<Failure>,
    /// Milliseconds of each phase.
    #[serde(default)]
    pub timing_ms: Timing,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// A request as sent; empty strings where the record leaves them out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Request {
    /// The method.
    #[serde(default)]
    pub method: String,
    /// The absolute URL.
    #[serde(default)]
    pub url: String,
    /// Header lines in order.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

/// An answer. Header lines keep their order and repetition; values are bytes written as latin-1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// `HTTP/1.1`, `HTTP/2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_version: Option<String>,
    /// Header lines in order.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The beginning of the body.
    #[serde(default)]
    pub body: String,
    /// Whether there was more of it.
    #[serde(default)]
    pub body_truncated: bool,
}

/// What the resolver said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dns {
    /// Names of the CNAME chain, the asked name left out.
    #[serde(default)]
    pub chain: Vec<String>,
    /// Addresses in the order of use.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Response code: `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` or `TIMEOUT` when nothing came.
    #[serde(default)]
    pub rcode: String,
    /// Who answered: an address, `hosts file`, `literal`, or the option that fixed the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<String>,
    /// The addresses came from an option of this run (`--resolve`, `--connect-to`, `--dns-server`), not from the user's system.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overridden: bool,
}

impl Dns {
    /// Whether somebody was asked: an address and `localhost` speak for themselves.
    pub fn is_lookup(&self) -> bool {
        self.resolver.as_deref().is_none_or(is_asked)
    }
}

/// Whether a resolver is one that can be asked.
pub fn is_asked(resolver: &str) -> bool {
    !matches!(resolver, "literal" | "localhost")
}

/// The connection under an exchange.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Connection {
    /// Remote address and port.
    pub address: String,
    /// Whether an earlier probe had opened it.
    #[serde(default)]
    pub reused: bool,
    /// The proxy it went through, without its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
}

/// What the TLS handshake showed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tls {
    /// `TLSv1.3` and the like.
    #[serde(default)]
    pub version: String,
    /// The certificate's issuer.
    #[serde(default)]
    pub issuer: String,
    /// Names the certificate is for; at most 100 are kept.
    #[serde(default)]
    pub names: Vec<String>,
    /// Start of validity, RFC 3339.
    #[serde(default)]
    pub not_before: String,
    /// End of validity, RFC 3339.
    #[serde(default)]
    pub not_after: String,
    /// False under `--insecure`.
    #[serde(default = "yes")]
    pub verified: bool,
    /// What would have failed, had `--insecure` not been given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Failure>,
}

fn yes() -> bool {
    true
}

/// Milliseconds; a phase that did not happen is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Timing {
    /// Name resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<f64>,
    /// TCP connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<f64>,
    /// TLS handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<f64>,
    /// From the request to the response head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<f64>,
    /// Everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
    /// When it began, after the start of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<f64>,
}

impl Evidence {
    /// Nothing was sent yet.
    pub fn of(ask: Ask) -> Self {
        Self { id: None, started_at: None, ask, probes: Vec::new(), cors_config: None }
    }

    /// Fills in what a short record leaves out because it follows from the ask: ids, and the method and URL of the first hop.
    pub fn complete(&mut self) {
        for (index, probe) in self.probes.iter_mut().enumerate() {
            if probe.id.is_empty() {
                probe.id = format!("p{}", index + 1);
            }
            if probe.request.url.is_empty() && probe.hop == 0 {
                self.ask.url.as_str().clone_into(&mut probe.request.url);
            }
            if probe.request.method.is_empty() {
                match probe.purpose {
                    Purpose::Preflight => probe.request.method = "OPTIONS".into(),
                    Purpose::Actual if probe.hop == 0 => probe.request.method = self.ask.sent_method(),
                    _ => {}
                }
            }
        }
    }
}

impl Request {
    /// First value of a header, by any case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

impl Response {
    /// First value of a header, by any case of its name. For Access-Control-* use [`Response::combined`].
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// All lines of a header.
    pub fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// All lines of a header joined by `, `, as the Fetch standard combines them; `None` when there is no line.
    pub fn combined(&self, name: &str) -> Option<String> {
        let mut lines = self.lines(name);
        let mut value = lines.next()?.to_owned();
        for line in lines {
            value.push_str(", ");
            value.push_str(line);
        }
        Some(value)
    }

    /// 200 to 299.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// 301, 302, 303, 307 or 308.
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    /// Whether any `Access-Control-*` header is there.
    pub fn has_cors_headers(&self) -> bool {
        self.headers.iter().any(|(n, _)| n.len() > 15 && n.as_bytes()[..15].eq_ignore_ascii_case(b"access-control-"))
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}
