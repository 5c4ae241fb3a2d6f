//! A question to the world: one request that should be sent, and why.

use serde::{Deserialize, Serialize};
use url::Url;

/// Why a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The browser's preflight.
    Preflight,
    /// The browser's actual request.
    Actual,
    /// Which region is the bucket in.
    RegionDiscovery,
    /// The same preflight at the regional endpoint.
    RegionalPreflight,
    /// The same preflight from another origin.
    VaryOrigin,
    /// The same preflight for another method.
    VaryMethod,
    /// The same preflight with other header names.
    VaryHeader,
    /// An origin that nobody allows.
    Control,
    /// A path that nobody serves.
    RandomPath,
    /// The same request with a fresh query, past any cache.
    CacheBust,
    /// The same request once more.
    Repeat,
    /// The request as a plain client would send it, or with other fetch metadata.
    VaryClient,
    /// The request as it would be after the fix.
    FixVerification,
    /// Any other follow-up.
    #[default]
    #[serde(other)]
    FollowUp,
}

impl Purpose {
    /// Whether it asks a question of our own, which is open as long as the server only says that there are too many. A browser's
    /// request, and its repetition, are answered by that.
    pub fn is_question(self) -> bool {
        !matches!(self, Self::Preflight | Self::Actual | Self::Repeat)
    }
}

/// One request to send. Two steps are the same question when method, URL and headers are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Why.
    pub purpose: Purpose,
    /// Redirects before it.
    pub hop: u32,
    /// Method on the wire.
    pub method: String,
    /// Where to.
    pub url: Url,
    /// Header lines in order.
    pub headers: Vec<(String, String)>,
    /// Whether the body that the user gave goes along.
    pub with_body: bool,
    /// 0: over the connections that all steps share. Else over one of its own, with so many addresses of the name passed over.
    pub turn: u32,
}

impl Step {
    /// The step that a probe answered, to be sent once more; nothing for one that could change data, or that was recorded in part.
    pub fn again(probe: &super::Probe) -> Option<Self> {
        let super::Request { method, url, headers } = &probe.request;
        if !matches!(method.as_str(), "OPTIONS" | "GET" | "HEAD") {
            return None;
        }
        Some(Self {
            purpose: probe.purpose,
            hop: probe.hop,
            method: method.clone(),
            url: Url::parse(url).ok()?,
            headers: headers.clone(),
            with_body: false,
            turn: 0,
        })
    }

    /// The same once more, over a connection of its own and, where the name has several addresses, to another of them.
    #[must_use]
    pub fn repeated(self, turn: u32) -> Self {
        Self { purpose: Purpose::Repeat, turn, ..self }
    }

    /// Whether `request` asks the same: method, URL, every header that steers an answer, and the names of those that a page adds.
    pub fn same_question(&self, request: &super::Request) -> bool {
        const STEERING: [&str; 7] = [
            "origin",
            "access-control-request-method",
            "access-control-request-headers",
            "accept",
            "content-type",
            "user-agent",
            "x-api-key",
        ];
        let mine = |name: &str| self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
        // The HTTP client adds this one where a step has none.
        let accepts_all = |name: &str, value: Option<&str>| name == "accept" && value.is_none_or(|v| v == "*/*");
        let same = |name: &str| {
            let (mine, theirs) = (mine(name), request.header(name));
            mine == theirs || accepts_all(name, mine) && accepts_all(name, theirs)
        };
        self.method == request.method
            && self.url.as_str() == request.url
            && STEERING.iter().all(|name| same(name))
            && own_names(&self.headers) == own_names(&request.headers)
    }
}

/// The names of the header lines that are the page's own, lower case and sorted: those that no browser adds by itself.
fn own_names(headers: &[(String, String)]) -> Vec<String> {
    const ADDED: [&str; 16] = [
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-length",
        "cookie",
        "dnt",
        "host",
        "origin",
        "pragma",
        "priority",
        "referer",
        "te",
        "upgrade-insecure-requests",
        "user-agent",
    ];
    let names = headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    let mut own: Vec<String> = names.filter(|name| !name.starts_with("sec-") && !ADDED.contains(&name.as_str())).collect();
    own.sort();
    own
}
