//! One sign of a fingerprint, and how it is looked for.

use crate::aws::Target;
use crate::evidence::Response;
use crate::web::header::starts_with;

/// Something an answer shows. Header names and values are compared in any case, bodies literally: JSON keys that differ
/// in one capital letter belong to different components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The header is there.
    Has(&'static str),
    /// The header is not there.
    Lacks(&'static str),
    /// The header has this value, whatever follows a colon.
    Is(&'static str, &'static str),
    /// The header's value begins so.
    Starts(&'static str, &'static str),
    /// The header's value contains this.
    Contains(&'static str, &'static str),
    /// Some header's name begins so.
    AnyHeader(&'static str),
    /// The body contains this.
    Body(&'static str),
    /// The body does not contain this.
    BodyLacks(&'static str),
    /// The `server` line is gone, or is that of a proxy which writes its own over that of what stands behind it.
    ServerOfProxy,
    /// The name is of this kind.
    Name(&'static str),
}

/// What signs are looked for in.
pub(super) struct Seen<'a> {
    response: &'a Response,
    target: &'a Target,
    /// A bit for each header name that is there: most signs are not, and that is seen at once.
    names: u64,
}

impl<'a> Seen<'a> {
    pub(super) fn of(response: &'a Response, target: &'a Target) -> Self {
        Self { response, target, names: response.headers.iter().fold(0, |names, (name, _)| names | bit(name)) }
    }

    /// The quoted sign that tells most, when every sign is there: the first that can be quoted.
    pub(super) fn all(&self, signs: &[Sign]) -> Option<String> {
        // Few rows fit, so nothing is quoted before it is clear that this one does.
        let all = signs.iter().all(|sign| self.find(*sign).is_some());
        all.then(|| signs.iter().find_map(|sign| self.find(*sign)?.quote(*sign)).unwrap_or_default())
    }

    fn find(&self, sign: Sign) -> Option<Found<'_>> {
        let header = |wanted: &str, fits: &dyn Fn(&str) -> bool| {
            if self.names & bit(wanted) == 0 {
                return None;
            }
            let mut lines = self.response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            lines.find(|(_, value)| fits(value)).map(|(name, value)| Found::Line(name, value))
        };
        match sign {
            Sign::Has(name) => header(name, &|_| true),
            Sign::Lacks(name) => self.response.header(name).is_none().then_some(Found::Other),
            Sign::Is(name, wanted) => {
                header(name, &|value| value.split(':').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted))
            }
            Sign::Starts(name, start) => header(name, &|value| starts_with(value.trim_start(), start)),
            Sign::Contains(name, part) => header(name, &|value| value.to_ascii_lowercase().contains(&part.to_ascii_lowercase())),
            Sign::AnyHeader(start) => {
                let line = self.response.headers.iter().find(|(name, _)| starts_with(name, start));
                line.map(|(name, value)| Found::Line(name, value))
            }
            Sign::Body(part) => self.response.body.contains(part).then_some(Found::Other),
            Sign::BodyLacks(part) => (!self.response.body.contains(part)).then_some(Found::Other),
            Sign::ServerOfProxy => self.response.header("server").is_none_or(is_proxy).then_some(Found::Other),
            Sign::Name(kind) => (self.target.kind == kind).then_some(Found::Other),
        }
    }
}

/// Whether this `server` line is a proxy's.
fn is_proxy(server: &str) -> bool {
    ["nginx", "openresty", "envoy", "istio-envoy", "cloudflare", "apache", "caddy"]
        .iter()
        .any(|name| starts_with(server.trim_start(), name))
}

/// What shows a sign.
enum Found<'a> {
    /// A header line.
    Line(&'a str, &'a str),
    /// The body, the name, or that something is not there.
    Other,
}

impl Found<'_> {
    /// The sign as quoted; nothing for one that has nothing to quote.
    fn quote(&self, sign: Sign) -> Option<String> {
        match (self, sign) {
            (Found::Line(name, value), _) => Some(format!("{}: {}", name.to_ascii_lowercase(), shortened(value))),
            (Found::Other, Sign::Body(part)) => Some(format!("the body says {part:?}")),
            (Found::Other, Sign::Name(_)) => Some("known by its name".to_owned()),
            (Found::Other, _) => None,
        }
    }
}

/// The bit of a header name, in any case.
fn bit(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let end = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte | 32));
    1 << ((bytes.len() * 7 + end(bytes.first()) + end(bytes.last())) % 64)
}

fn shortened(value: &str) -> String {
    const LONGEST: usize = 120;
    if value.chars().count() <= LONGEST { value.to_owned() } else { value.chars().take(LONGEST).chain(['…']).collect() }
}
