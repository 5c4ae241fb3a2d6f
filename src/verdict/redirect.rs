//! Redirects of the actual request. <https://fetch.spec.whatwg.org/#http-redirect-fetch>.

use url::Url;

use super::profile::{BadLocation, EmptyLocation, Profile, UserInfo};
use super::reason::Reason;
use super::values::{as_utf8, combined};
use crate::ask::Redirect;
use crate::evidence::Response;
use crate::web::header::trim;

/// Redirects that a request may follow.
pub(super) const LIMIT: u32 = 20;

/// What the `Location` lines of an answer come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Location<'a> {
    /// This engine takes the answer for no redirect.
    None,
    /// It is there and empty, and that is an error.
    Empty,
    /// One, as written.
    To(&'a str),
    /// Several, joined.
    Joined(String),
}

/// Two different `Location` lines are an error in whatever answer they stand, but for an engine that joins them.
pub(super) fn is_ambiguous(profile: &Profile, response: &Response) -> bool {
    let mut lines = lines(response);
    let first = lines.next();
    !profile.joins_locations && lines.any(|line| Some(line) != first)
}

/// Reads the `Location` as this engine does. <https://fetch.spec.whatwg.org/#concept-response-location-url>.
pub(super) fn location<'a>(profile: &Profile, response: &'a Response) -> Location<'a> {
    let mut lines = lines(response);
    match lines.next().filter(|_| response.is_redirect()) {
        None => Location::None,
        Some("") if profile.empty_location == EmptyLocation::Answer => Location::None,
        Some("") if profile.empty_location == EmptyLocation::Error => Location::Empty,
        Some(first) => match lines.next() {
            Some(_) if profile.joins_locations => {
                Location::Joined(combined(profile, response, "location").unwrap_or_default().into_owned())
            }
            _ => Location::To(first),
        },
    }
}

fn lines(response: &Response) -> impl Iterator<Item = &str> {
    response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("location")).map(|(_, value)| trim(value))
}

/// The URL that a `Location` names, seen from the URL that answered; its fragment lives on when the new one has none.
pub(super) fn resolve<'a>(from: &Url, location: &str) -> Result<Url, Reason<'a>> {
    let mut url = from.join(&as_utf8(location)).map_err(|_| Reason::RedirectInvalid(location.to_owned()))?;
    if url.fragment().is_none() {
        url.set_fragment(from.fragment());
    }
    Ok(url)
}

/// A fault that the network layer of this engine sees before any CORS check.
pub(super) fn network_fault<'a>(profile: &Profile, from: &Url, location: &str, mode: Redirect) -> Result<(), Reason<'a>> {
    match profile.bad_location {
        BadLocation::Unparseable => resolve(from, location).map(drop),
        BadLocation::Unfollowable if mode == Redirect::Follow => match resolve(from, location)? {
            to if to.scheme() == "data" => Err(Reason::RedirectUnsafe),
            _ => Ok(()),
        },
        BadLocation::Unfollowable | BadLocation::Never => Ok(()),
    }
}

/// What speaks against going there, in the order of the standard. `was_across`: the request has left the page's origin;
/// `is_across`: it has then.
pub(super) fn objection<'a>(profile: &Profile, to: &Url, was_across: bool, is_across: bool) -> Option<Reason<'a>> {
    let refused = match profile.user_info {
        UserInfo::AcrossOrigins => is_across,
        UserInfo::OnceAcross => was_across,
        UserInfo::Always => true,
    };
    match to.scheme() {
        "http" | "https" if to.username().is_empty() && to.password().is_none() => None,
        "http" | "https" if !refused => None,
        "http" | "https" if is_across => Some(Reason::RedirectUserInfo),
        "http" | "https" => Some(Reason::RedirectOwnUserInfo),
        "data" => Some(Reason::RedirectUnsafe),
        other => Some(Reason::RedirectScheme(other.to_owned())),
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
