//! The CORS check of an answer. <https://fetch.spec.whatwg.org/#cors-check>.

use url::Url;

use super::profile::Profile;
use super::reason::Reason;
use super::values::{as_utf8, combined};
use crate::evidence::Response;

/// Name of the header, as specified.
pub(super) const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
/// Name of the header, as specified.
pub(super) const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";

/// Whether `origin` may read this answer.
pub(super) fn cors_check<'a>(profile: &Profile, response: &'a Response, origin: &str, with_credentials: bool) -> Result<(), Reason<'a>> {
    allow_origin(profile, response, origin, with_credentials)?;
    if with_credentials { allow_credentials(profile, response) } else { Ok(()) }
}

/// The first half: the origin.
pub(super) fn allow_origin<'a>(profile: &Profile, response: &'a Response, origin: &str, with_credentials: bool) -> Result<(), Reason<'a>> {
    let Some(value) = combined(profile, response, ALLOW_ORIGIN) else { return Err(Reason::OriginMissing) };
    if profile.counts_origin_lines && response.headers.iter().filter(|(name, _)| name == ALLOW_ORIGIN).count() > 1 {
        return Err(Reason::OriginRepeated);
    }
    match &*value {
        "*" if with_credentials => Err(Reason::OriginWildcard),
        "*" => Ok(()),
        same if same == origin => Ok(()),
        // The names of the faults are Chromium's; a byte comparison has failed already.
        list if list.contains([',', ' ']) => Err(Reason::OriginMultiple(value)),
        "null" => Err(Reason::OriginMismatch(value)),
        other if Url::parse(&as_utf8(other)).is_ok() => Err(Reason::OriginMismatch(value)),
        _ => Err(Reason::OriginInvalid(value)),
    }
}

/// The second half: only `true` will do.
pub(super) fn allow_credentials<'a>(profile: &Profile, response: &'a Response) -> Result<(), Reason<'a>> {
    match combined(profile, response, ALLOW_CREDENTIALS) {
        Some(value) if value == "true" => Ok(()),
        value => Err(Reason::Credentials(value.unwrap_or_default())),
    }
}
