//! One request of a page and its answer, as a HAR file tells them: what is kept, and what can be asked of it.

use url::Url;

/// One exchange of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exchange {
    pub(super) started: String,
    pub(super) time: Option<f64>,
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) cookies: bool,
    pub(super) body_bytes: Option<u64>,
    /// The fields of the form that was posted.
    pub(super) form: Vec<(String, String)>,
    /// `fetch`, `xhr`, `preflight` … where the browser says so.
    pub(super) kind: String,
    /// 0: no answer that the browser was willing to show.
    pub(super) status: u16,
    pub(super) http_version: Option<String>,
    pub(super) response_headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) body_truncated: bool,
    /// `net::ERR_…`.
    pub(super) error: Option<String>,
    /// Address and port of the server.
    pub(super) address: Option<String>,
    /// URL of the page, where the file tells.
    pub(super) page: Option<Url>,
}

impl Exchange {
    /// A header line of the request.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The method that a preflight announces.
    pub(super) fn announced(&self) -> Option<&str> {
        self.header("access-control-request-method")
    }

    pub(super) fn is_preflight(&self) -> bool {
        self.method == "OPTIONS" && self.announced().is_some()
    }

    /// Whether it is a request for which CORS decides: of a script, or any with an `Origin`.
    pub(super) fn is_script(&self) -> bool {
        self.header("origin").is_some()
            || matches!(self.kind.as_str(), "fetch" | "xhr" | "preflight")
            || self.header("sec-fetch-mode") == Some("cors")
    }

    /// Whether the browser had no answer for the page. A page that does not read an answer to its end aborts it; that is no failure.
    pub(super) fn failed(&self) -> bool {
        self.status == 0 || self.error.as_ref().is_some_and(|error| error != "net::ERR_ABORTED")
    }

    /// Bytes that it holds, more or less.
    pub(super) fn size(&self) -> usize {
        let lines = self.headers.iter().chain(&self.response_headers).chain(&self.form);
        400 + self.url.as_str().len() + self.body.len() + lines.map(|(name, value)| name.len() + value.len() + 48).sum::<usize>()
    }

    /// When it began, in UTC.
    pub(super) fn started_at(&self) -> Option<String> {
        use time::format_description::well_known::Rfc3339;
        let time = time::OffsetDateTime::parse(&self.started, &Rfc3339).ok()?;
        time.checked_to_offset(time::UtcOffset::UTC)?.format(&Rfc3339).ok()
    }
}
