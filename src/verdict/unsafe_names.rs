//! Which request headers need a preflight, and under which names it asks for them.

use std::borrow::Cow;

use super::profile::Profile;
use crate::web::header;

/// A header of the ask, as the page gave it.
type Given = (String, Option<String>);

/// Lower-case names to ask for, sorted. <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>.
pub(super) fn unsafe_names<'a>(profile: &Profile, headers: impl Iterator<Item = &'a Given>) -> Vec<Cow<'a, str>> {
    let headers: Vec<&Given> = headers.collect();
    let mut unsafe_names = Vec::new();
    let mut safe_names = Vec::new();
    let mut safe_bytes = 0;
    for (index, (name, value)) in headers.iter().copied().enumerate() {
        let same = |other: &Given| other.0.eq_ignore_ascii_case(name);
        let joined = if profile.judges_request_lines {
            value.as_deref().map(header::trim).map(Cow::Borrowed)
        } else if headers[..index].iter().any(|other| same(other)) {
            continue;
        } else {
            join(headers[index..].iter().filter(|other| same(other)).map(|(_, v)| v.as_deref()))
        };
        if profile.user_agent_is_safe && name.eq_ignore_ascii_case("user-agent") {
            continue;
        }
        match joined {
            Some(value) if is_safe(profile, name, &value) => {
                safe_bytes += header::byte_length(&value);
                safe_names.push(lower(name));
            }
            _ => unsafe_names.push(lower(name)),
        }
    }
    if safe_bytes > header::MAX_SAFE_TOTAL && !profile.judges_request_lines {
        unsafe_names.append(&mut safe_names);
    }
    unsafe_names.sort_unstable();
    unsafe_names
}

/// The values of one name joined by `, `; `None` when one of them is not known.
fn join<'a>(mut values: impl Iterator<Item = Option<&'a str>>) -> Option<Cow<'a, str>> {
    let mut all = Cow::Borrowed(header::trim(values.next().flatten()?));
    for value in values {
        all = Cow::Owned(format!("{all}, {}", header::trim(value?)));
    }
    Some(all)
}

fn is_safe(profile: &Profile, name: &str, value: &str) -> bool {
    if profile.ascii_values_only && !value.is_ascii() {
        return false;
    }
    if profile.client_hints_are_safe && header::byte_length(value) <= header::MAX_SAFE_VALUE && is_safe_hint(name, value) {
        return true;
    }
    if profile.range_unit_in_any_case && name.eq_ignore_ascii_case("range") {
        return header::is_safelisted(name, &value.to_ascii_lowercase());
    }
    header::is_safelisted(name, value)
}

/// The client hints of old that have no `Sec-` before their name.
pub(super) fn is_client_hint(name: &str) -> bool {
    ["dpr", "device-memory", "width", "viewport-width", "downlink", "ect", "rtt"].iter().any(|hint| name.eq_ignore_ascii_case(hint))
}

/// The headers that Chromium takes as safe beyond the standard, where they are well formed.
fn is_safe_hint(name: &str, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let number = |text: &str| text.split_once('.').map_or_else(|| digits(text), |(whole, part)| digits(whole) && digits(part));
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    match () {
        () if is("dpr") || is("device-memory") || is("downlink") => number(value),
        () if is("width") || is("viewport-width") || is("rtt") => digits(value),
        () if is("ect") => ["slow-2g", "2g", "3g", "4g"].contains(&value),
        () if is("save-data") => value.eq_ignore_ascii_case("on"),
        () => is("intervention"),
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|c| c.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_safe_only_where_it_is_well_formed() {
        for (name, value, safe) in [
            ("DPR", "1.5", true),
            ("dpr", "two", false),
            ("Device-Memory", "0.", false),
            ("Downlink", "10", true),
            ("downlink", "fast", false),
            ("RTT", "50", true),
            ("rtt", "50ms", false),
            ("width", "1.5", false),
            ("ECT", "4g", true),
            ("ect", "5g", false),
            ("Save-Data", "ON", true),
            ("save-data", "off", false),
            ("Intervention", "<https://example.com>", true),
            ("x-hint", "1", false),
        ] {
            assert_eq!(is_safe_hint(name, value), safe, "{name}: {value}");
        }
    }
}
