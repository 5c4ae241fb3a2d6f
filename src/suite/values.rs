//! The values of a checks file, each read with its mistakes: what no request could have is a mistake of the file.

use toml::Spanned;
use toml::de::DeValue;
use url::Url;

use super::fleet::split_header;
use super::table::Reader;
use crate::ask::Credentials;
use crate::web::{Origin, header, method as methods};

/// What is said of an origin with a `*`.
pub(super) const PATTERN: &str = "that is a pattern of CORS rules; a browser sends the origin of one page";
/// Longest time-out, in seconds.
const LONGEST: f64 = 3600.0;

/// An http or https URL.
pub(super) fn url(reader: &mut Reader<'_>, text: &str, value: &Spanned<DeValue<'_>>) -> Option<Url> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => return Some(url),
        Ok(url) => reader.fail(value.span(), format!("{}: only http and https can be probed", url.scheme()), None),
        Err(error) => reader.fail(value.span(), format!("not a URL: {error}"), Some("write https://host/path".into())),
    }
    None
}

/// An origin as a browser sends it.
pub(super) fn origin(reader: &mut Reader<'_>, text: &str, value: &Spanned<DeValue<'_>>) -> Option<Origin> {
    if text.contains('*') {
        reader.fail(value.span(), PATTERN, Some("write one such as https://app.example.com".into()));
        return None;
    }
    Origin::parse(text)
        .map_err(|error| reader.fail(value.span(), error.problem, error.sent.map(|o| format!("write {:?}", o.as_str()))))
        .ok()
}

/// A credentials mode, or whether there are any.
pub(super) fn credentials(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Credentials> {
    match (value.get_ref().as_bool(), value.get_ref().as_str()) {
        (Some(true), _) | (_, Some("include")) => Some(Credentials::Include),
        (Some(false), _) | (_, Some("same-origin")) => Some(Credentials::SameOrigin),
        (_, Some("omit")) => Some(Credentials::Omit),
        _ => reader.wrong(value, "true, false, \"omit\", \"same-origin\" or \"include\""),
    }
}

/// A method, as `fetch` takes it.
pub(super) fn method(reader: &mut Reader<'_>, text: String, value: &Spanned<DeValue<'_>>) -> Option<String> {
    if methods::is_valid(&text) {
        return Some(text);
    }
    reader.fail(value.span(), format!("{text:?} is not a method"), Some("write letters only, such as PUT".into()));
    None
}

/// Headers, each `NAME` or `NAME: VALUE`.
pub(super) fn headers(reader: &mut Reader<'_>, list: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Option<String>)>> {
    let headers: Vec<_> = reader.texts(list)?.iter().map(|text| split_header(text)).collect();
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    all_names(reader, list, &names).then_some(headers)
}

/// Names of headers.
pub(super) fn names(reader: &mut Reader<'_>, list: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let names = reader.texts(list)?;
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    all_names(reader, list, &texts).then_some(names)
}

fn all_names(reader: &mut Reader<'_>, list: &Spanned<DeValue<'_>>, names: &[&str]) -> bool {
    let bad = names.iter().position(|name| !header::is_token(name));
    if let Some(at) = bad {
        let span = list.get_ref().as_array().and_then(|items| items.get(at)).map_or(list.span(), Spanned::span);
        let name = names.get(at).copied().unwrap_or_default();
        reader.fail(span, format!("{name:?} is not a header name"), Some("write \"NAME\" or \"NAME: VALUE\"".into()));
    }
    bad.is_none()
}

/// Seconds to wait.
pub(super) fn seconds(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<f64> {
    let seconds = reader.number(value)?;
    if seconds > 0.0 && seconds <= LONGEST {
        return Some(seconds);
    }
    reader.fail(value.span(), format!("a time-out is more than 0 and at most {LONGEST} seconds"), None);
    None
}

/// A status that an answer can have.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked before")]
pub(super) fn status(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<u16> {
    let status = reader.number(value)?;
    if (100.0..600.0).contains(&status) && status.fract() == 0.0 {
        return Some(status as u16);
    }
    reader.fail(value.span(), "a status is a whole number from 100 to 599", None);
    None
}
