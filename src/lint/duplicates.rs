//! What stands there twice, and rules that an earlier one leaves nothing to do.

use super::{Findings, Lint};
use crate::aws::s3::cors::config::{Config, Rule, Text};
use crate::aws::s3::cors::engine::{covers, covers_header};
use crate::cause::Severity::{Note, Warning};

/// Values of a list.
pub(super) static VALUES: Lint = Lint { check: values };
/// Whole rules.
pub(super) static RULES: Lint = Lint { check: rules };

/// More rules are not compared with each other.
const MOST: usize = 200;

fn values(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate() {
        for list in [&rule.origins, &rule.methods, &rule.headers, &rule.expose] {
            for (at, text) in list.iter().enumerate().take(MOST) {
                if list.iter().take(at).any(|earlier| earlier.value == text.value && !text.value.is_empty()) {
                    let message = format!("{} stands here twice", text.value);
                    findings.add("duplicate-value", Note, (Some(index), text.span), message, "remove one");
                }
            }
        }
    }
}

fn rules(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate().take(MOST) {
        let Some(earlier) = config.rules.iter().take(index).position(|earlier| leaves_nothing(earlier, rule)) else { continue };
        let message = format!("rule {index} never answers: rule {earlier} covers all of it and comes first");
        let fix = "remove it, or put the narrower rule first";
        findings.add("shadowed-rule", Warning, (Some(index), rule.span), message, fix);
    }
}

/// Whether every request that `rule` could answer is answered by `earlier`.
fn leaves_nothing(earlier: &Rule, rule: &Rule) -> bool {
    let complete = |rule: &Rule| !rule.origins.is_empty() && !rule.methods.is_empty();
    let known = |rule: &Rule| !rule.origins.iter().chain(&rule.methods).chain(&rule.headers).any(|text| text.opaque);
    let all = |wanted: &[Text], having: &[Text], covered: fn(&str, &str) -> bool| {
        wanted.iter().all(|text| having.iter().any(|pattern| covers_pattern(&pattern.value, &text.value, covered)))
    };
    complete(rule)
        && known(earlier)
        && known(rule)
        && all(&rule.origins, &earlier.origins, covers)
        && all(&rule.methods, &earlier.methods, |a, b| a == b)
        && all(&rule.headers, &earlier.headers, covers_header)
}

/// Whether one pattern covers all that another covers: `*` in the covered one stands for itself.
fn covers_pattern(pattern: &str, other: &str, covered: fn(&str, &str) -> bool) -> bool {
    covered(pattern, other) && (!other.contains('*') || pattern.contains('*'))
}

#[cfg(test)]
mod tests {
    use super::super::testing::places;

    #[test]
    fn a_rule_behind_a_wider_one_never_answers() {
        let both = |first: &str, second: &str| {
            let rule = |origin: &str| format!("{{\"AllowedOrigins\": [{origin}], \"AllowedMethods\": [\"GET\"]}}");
            places(&format!("[{},\n{}]", rule(first), rule(second))).into_iter().filter(|p| p.contains("shadowed")).count()
        };
        assert_eq!(both("\"*\"", "\"https://a.test\""), 1);
        assert_eq!(both("\"https://*.a.test\"", "\"https://b.a.test\""), 1);
        assert_eq!(both("\"https://a.test\"", "\"https://a.test\""), 1);
        assert_eq!(both("\"https://a.test\"", "\"*\""), 0);
        assert_eq!(both("\"https://*.a.test\"", "\"https://a.test\""), 0);
    }

    #[test]
    fn twice_the_same_value() {
        let text = "[{\"AllowedOrigins\": [\"https://a.test\"], \"AllowedMethods\": [\"GET\", \"GET\"]}]";
        assert_eq!(places(text), ["1:67 duplicate-value"]);
    }
}
