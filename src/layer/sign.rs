//! One sign of a fingerprint, and how it is looked for.

use crate::aws::Target;
use crate::evidence::Response;

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
    /// The name is of this kind.
    Name(&'static str),
}

/// What signs are looked for in.
pub(super) struct Seen<'a> {
    pub(super) response: &'a Response,
    pub(super) target: &'a Target,
}

impl Seen<'_> {
    /// The quoted sign that tells most, when every sign is there: the first that can be quoted.
    pub(super) fn all(&self, signs: &[Sign]) -> Option<String> {
        let mut told = String::new();
        for sign in signs {
            let quote = self.one(*sign)?;
            if told.is_empty() {
                told = quote;
            }
        }
        Some(told)
    }

    /// The sign as quoted; an empty text for a sign that has nothing to quote.
    fn one(&self, sign: Sign) -> Option<String> {
        let header = |name: &str, fits: &dyn Fn(&str) -> bool| {
            let value = self.response.lines(name).find(|value| fits(&value.to_ascii_lowercase()))?;
            Some(format!("{name}: {}", shortened(value)))
        };
        match sign {
            Sign::Has(name) => header(name, &|_| true),
            Sign::Lacks(name) => self.response.header(name).is_none().then(String::new),
            Sign::Is(name, wanted) => {
                header(name, &|value| value.split(':').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted))
            }
            Sign::Starts(name, start) => header(name, &|value| value.trim_start().starts_with(&start.to_ascii_lowercase())),
            Sign::Contains(name, part) => header(name, &|value| value.contains(&part.to_ascii_lowercase())),
            Sign::AnyHeader(start) => {
                let (name, value) = self.response.headers.iter().find(|(n, _)| n.to_ascii_lowercase().starts_with(start))?;
                Some(format!("{}: {}", name.to_ascii_lowercase(), shortened(value)))
            }
            Sign::Body(part) => self.response.body.contains(part).then(|| format!("the body says {part:?}")),
            Sign::Name(kind) => (self.target.kind == kind).then(|| format!("the name is one of the kind {kind}")),
        }
    }
}

fn shortened(value: &str) -> String {
    const LONGEST: usize = 120;
    if value.chars().count() <= LONGEST { value.to_owned() } else { value.chars().take(LONGEST).chain(['…']).collect() }
}
