//! Redirects of the actual request. <https://fetch.spec.whatwg.org/#http-redirect-fetch>.

use std::borrow::Cow;

use url::Url;

use super::profile::Profile;
use super::reason::Reason;
use crate::evidence::Response;
use crate::web::header::trim;

/// Redirects that a request may follow.
pub(super) const LIMIT: u32 = 20;

/// What the `Location` lines of an answer come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Location<'a> {
    /// This engine takes the answer for no redirect.
    None,
    /// Two different ones.
    Two,
    /// One, as written.
    To(&'a str),
}

/// Reads the `Location` as this engine does. <https://fetch.spec.whatwg.org/#concept-response-location-url>.
pub(super) fn location<'a>(profile: &Profile, response: &'a Response) -> Location<'a> {
    if !response.is_redirect() {
        return Location::None;
    }
    let mut lines = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("location")).map(|(_, value)| trim(value));
    let Some(first) = lines.next() else { return Location::None };
    if lines.any(|line| line != first) {
        return if profile.two_locations_are_none { Location::None } else { Location::Two };
    }
    if first.is_empty() && profile.empty_location_is_none { Location::None } else { Location::To(first) }
}

/// The URL that a `Location` names, seen from the URL that answered; its fragment lives on when the new one has none.
pub(super) fn resolve<'a>(from: &Url, location: &'a str) -> Result<Url, Reason<'a>> {
    // A header is bytes; engines read them as UTF-8.
    let text: Cow<'_, str> = if location.is_ascii() {
        Cow::Borrowed(location)
    } else {
        let bytes: Vec<u8> = location.chars().map(|c| u8::try_from(c as u32).unwrap_or(b'?')).collect();
        Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut url = from.join(&text).map_err(|_| Reason::RedirectInvalid(Cow::Borrowed(location)))?;
    if url.fragment().is_none() {
        url.set_fragment(from.fragment());
    }
    Ok(url)
}

/// A fault that Chromium's network layer sees before CORS: no URL, or a scheme that it never redirects to.
pub(super) fn network_fault<'a>(from: &Url, location: &'a str) -> Option<Reason<'a>> {
    match resolve(from, location) {
        Err(reason) => Some(reason),
        Ok(url) if url.scheme() == "data" => Some(Reason::RedirectUnsafe),
        Ok(_) => None,
    }
}

/// The method after a redirect. <https://fetch.spec.whatwg.org/#http-redirect-fetch>, step 12.
pub(super) fn next_method<'a>(profile: &Profile, status: u16, method: &'a str, to_another_origin: bool) -> &'a str {
    let becomes_get = match status {
        301 | 302 if method == "POST" => true,
        303 => !matches!(method, "GET" | "HEAD"),
        _ => profile.delete_becomes_get && method == "DELETE" && to_another_origin,
    };
    if becomes_get { "GET" } else { method }
}
