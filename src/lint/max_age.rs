//! `MaxAgeSeconds` beyond what browsers keep.

use super::{Findings, Lint};
use crate::aws::s3::cors::config::Config;
use crate::cause::Severity::Note;

/// Ages that no browser honours.
pub(super) static CAPS: Lint = Lint { check: caps };

/// The longest that each engine keeps a preflight's answer.
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age>.
const CHROMIUM: i64 = 7200;
const FIREFOX: i64 = 86_400;
const SAFARI: i64 = 600;

fn caps(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        let Some(age) = rule.max_age.filter(|age| age.seconds > CHROMIUM) else { continue };
        let firefox = age.seconds.min(FIREFOX);
        let message =
            format!("browsers keep it shorter than {} s: Chromium {CHROMIUM} s, Firefox {firefox} s, Safari {SAFARI} s", age.seconds);
        findings.add("max-age-capped", Note, (Some(index), age.span), message, "7200 is enough");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::codes;

    #[test]
    fn only_more_than_chromium_keeps_is_worth_a_word() {
        for (age, found) in [("3000", &[][..]), ("7200", &[]), ("86400", &["max-age-capped"])] {
            assert_eq!(codes("\"https://a.test\"", "\"GET\"", &format!(", \"MaxAgeSeconds\": {age}")), found);
        }
    }
}
