//! Which response headers the page may read. <https://fetch.spec.whatwg.org/#concept-filtered-response-cors>.

use super::profile::Profile;
use super::values::combined;
use crate::ask::Ask;
use crate::evidence::Response;
use crate::web::{header, list};

/// Name of the header, as specified.
pub(super) const EXPOSE_HEADERS: &str = "Access-Control-Expose-Headers";

/// Whether the page may read a response header of a cross-origin answer that it got.
/// All engines agree here: a list with a bad item exposes nothing.
pub(super) fn is_exposed(profile: &Profile, response: &Response, name: &str, with_credentials: bool) -> bool {
    const SAFE: [&str; 7] = ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"];
    let name = header::trim(name);
    if SAFE.iter().any(|safe| safe.eq_ignore_ascii_case(name)) {
        return true;
    }
    if name.eq_ignore_ascii_case("set-cookie") || name.eq_ignore_ascii_case("set-cookie2") {
        return false;
    }
    combined(profile, response, EXPOSE_HEADERS).is_some_and(|value| {
        list::bad_item(&value).is_none()
            && list::items(&value).any(|item| item.eq_ignore_ascii_case(name) || (item == "*" && !with_credentials))
    })
}

/// The headers that the page needs and may not read.
pub(super) fn hidden<'a>(profile: &'a Profile, ask: &'a Ask, response: &'a Response) -> impl Iterator<Item = &'a str> {
    ask.expose.iter().map(String::as_str).filter(move |name| !is_exposed(profile, response, name, ask.with_credentials()))
}
