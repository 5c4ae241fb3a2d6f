//! Response header values as an engine combines them.

use std::borrow::Cow;

use super::profile::Profile;
use crate::evidence::Response;
use crate::web::header::trim;

/// The lines of a header, trimmed and joined by `, `; `None` when there is no line.
/// <https://fetch.spec.whatwg.org/#concept-header-list-get>.
pub(super) fn combined<'a>(profile: &Profile, response: &'a Response, name: &str) -> Option<Cow<'a, str>> {
    let mut all: Option<Cow<'a, str>> = None;
    for (_, line) in response.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)) {
        let line = trim(line);
        all = Some(match all {
            None => Cow::Borrowed(line),
            Some(before) if profile.drops_empty_lines && before.is_empty() => Cow::Borrowed(line),
            Some(before) if profile.drops_empty_lines && line.is_empty() => before,
            Some(before) => Cow::Owned(format!("{before}, {line}")),
        });
    }
    all
}

/// The text that a header's bytes, written as latin-1, are in UTF-8: so do engines read URLs in headers.
pub(super) fn as_utf8(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(c as u32).unwrap_or(b'?')).collect();
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
