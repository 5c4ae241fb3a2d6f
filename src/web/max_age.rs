//! `Access-Control-Max-Age`: how long a preflight's answer may be kept.

use super::header::trim;

/// Seconds that the standard keeps an answer whose header is missing or makes no sense.
/// <https://fetch.spec.whatwg.org/#http-access-control-max-age>.
pub const DEFAULT: u32 = 5;

/// The seconds that the (combined) value names; `None` when it is not a plain number.
pub fn parse(value: &str) -> Option<u32> {
    let digits = trim(value);
    let plain = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_numbers_only() {
        for (value, seconds) in [
            (" 600 ", Some(600)),
            ("0600", Some(600)),
            ("99999999999", Some(u32::MAX)),
            ("1.5", None),
            ("-1", None),
            ("0, 600", None),
            ("", None),
        ] {
            assert_eq!(parse(value), seconds, "{value}");
        }
    }
}
