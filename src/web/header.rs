//! Request headers as the Fetch standard sorts them: forbidden, safelisted, neither.

use super::method;

/// Longest value of a safelisted header. <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>.
pub const MAX_SAFE_VALUE: usize = 128;

/// Most bytes that the safelisted values of one request may have together.
/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>.
pub const MAX_SAFE_TOTAL: usize = 1024;

/// Whether the text is an HTTP token. <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c))
}

/// The value without the spaces, tabs and line ends around it. <https://fetch.spec.whatwg.org/#concept-header-value-normalize>.
pub fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\r', '\n'])
}

/// Whether `fetch` takes this as a header: a token, and a value of bytes without NUL and line ends.
/// <https://fetch.spec.whatwg.org/#headers-validate>.
pub fn is_valid(name: &str, value: &str) -> bool {
    is_token(name) && trim(value).chars().all(|c| (c as u32) < 256 && !matches!(c, '\0' | '\r' | '\n'))
}

/// Whether scripts may not set this header; browsers drop it in silence.
/// <https://fetch.spec.whatwg.org/#forbidden-request-header>.
pub fn is_forbidden(name: &str, value: &str) -> bool {
    const NAMES: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    const OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    NAMES.iter().any(|n| is(n))
        || starts_with(name, "proxy-")
        || starts_with(name, "sec-")
        || (OVERRIDES.iter().any(|n| is(n)) && value.split(',').any(|v| method::is_forbidden(trim(v))))
}

/// Whether a cross-origin page may set this header without asking.
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>.
pub fn is_safelisted(name: &str, value: &str) -> bool {
    if byte_length(value) > MAX_SAFE_VALUE {
        return false;
    }
    match () {
        () if name.eq_ignore_ascii_case("accept") => !has_unsafe_byte(value),
        () if name.eq_ignore_ascii_case("accept-language") || name.eq_ignore_ascii_case("content-language") => {
            value.bytes().all(|c| c.is_ascii_alphanumeric() || b" *,-.;=".contains(&c))
        }
        () if name.eq_ignore_ascii_case("content-type") => !has_unsafe_byte(value) && is_form_type(value),
        () if name.eq_ignore_ascii_case("range") => is_simple_range(value),
        () => false,
    }
}

/// Bytes of a value that is written as latin-1.
pub fn byte_length(value: &str) -> usize {
    value.chars().count()
}

/// Whether the name begins with this prefix, in any case.
pub fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>.
fn has_unsafe_byte(value: &str) -> bool {
    value.bytes().any(|c| (c < 0x20 && c != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(&c))
}

/// Whether the value is one of the three types that a form can send. <https://mimesniff.spec.whatwg.org/#parsing-a-mime-type>.
fn is_form_type(value: &str) -> bool {
    let essence = trim(value.split(';').next().unwrap_or_default());
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].iter().any(|known| essence.eq_ignore_ascii_case(known))
}

/// `bytes=FIRST-` or `bytes=FIRST-LAST`. The standard sets no limit on the numbers; every engine reads them into 64 bits.
/// <https://fetch.spec.whatwg.org/#simple-range-header-value>.
fn is_simple_range(value: &str) -> bool {
    let Some((first, last)) = value.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return false };
    let number = |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse::<i64>().ok()).flatten();
    match (number(first), number(last)) {
        (Some(_), None) => last.is_empty(),
        (Some(first), Some(last)) => first <= last,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_headers_as_the_standard_does() {
        let long = "a".repeat(129);
        for (name, value, safe) in [
            ("Accept", "application/json", true),
            ("accept", &long[1..], true),
            ("accept", &long, false),
            ("accept", "a\"b", false),
            ("Accept-Language", "de_AT", false),
            ("content-language", "de, en", true),
            ("content-type", "TEXT/PLAIN ;a=b", true),
            ("content-type", "text/plain, text/plain", false),
            ("content-type", "text /plain", false),
            ("content-type", "application/json", false),
            ("content-type", "", false),
            ("range", "bytes=0-", true),
            ("range", "bytes=00-01", true),
            ("range", "bytes=-5", false),
            ("range", "bytes=5-1", false),
            ("range", "Bytes=0-1", false),
            ("range", "bytes=0-1,3-4", false),
            ("range", "bytes=0-99999999999999999999", false),
            ("range", "bytes=+1-2", false),
            ("x-custom", "1", false),
        ] {
            assert_eq!(is_safelisted(name, value), safe, "{name}: {value}");
        }
    }

    #[test]
    fn knows_what_scripts_may_not_set() {
        for (name, value, forbidden) in [
            ("Cookie", "a=b", true),
            ("Sec-Custom", "1", true),
            ("Proxy-Custom", "1", true),
            ("X-HTTP-Method-Override", "get, trace", true),
            ("X-HTTP-Method-Override", "PUT", false),
            ("user-agent", "x", false),
            ("sécret", "x", false),
        ] {
            assert_eq!(is_forbidden(name, value), forbidden, "{name}: {value}");
        }
    }

    #[test]
    fn takes_only_bytes() {
        assert!(is_valid("x-name", "café") && !is_valid("x-name", "naïve ☂") && !is_valid("x name", "1") && !is_valid("x", "a\nb"));
    }
}
