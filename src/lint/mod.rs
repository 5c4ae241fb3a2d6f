//! A CORS configuration judged offline: everything that is wrong with it at once, each with its place. One file a group of
//! lints; knows no request (see [`crate::aws::s3::cors::engine`] for that) and prints nothing.

mod duplicates;
mod max_age;
mod never_matches;
mod refused;
mod too_narrow;
mod too_wide;

use serde::{Deserialize, Serialize};

use crate::aws::s3::cors::config::{Config, Document, Grade, Slip, Span};
use crate::cause::Severity;

/// Something wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// A stable code such as `origin-trailing-slash`.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// What it is; for what S3 refuses, in S3's own words.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Characters that it covers.
    #[serde(default = "one")]
    pub length: usize,
    /// Index of the rule.
    pub rule: Option<usize>,
    /// What to do.
    pub fix: Option<String>,
}

fn one() -> usize {
    1
}

/// One check of a configuration.
pub(crate) struct Lint {
    /// Adds what it finds.
    check: fn(&Config, &mut Findings),
}

/// Every lint. The order does not matter.
static LINTS: &[&Lint] = &[
    &refused::METHODS,
    &refused::WILDCARDS,
    &refused::INCOMPLETE,
    &refused::NAMES,
    &refused::LIMITS,
    &never_matches::ORIGINS,
    &never_matches::PLACEHOLDERS,
    &too_narrow::APEX,
    &too_narrow::SDK_HEADERS,
    &too_narrow::CONTENT_TYPE,
    &too_narrow::ETAG,
    &too_wide::ANY_ORIGIN,
    &too_wide::WILDCARDS,
    &too_wide::PLAIN_HTTP,
    &duplicates::VALUES,
    &duplicates::RULES,
    &max_age::CAPS,
];

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

/// More findings than these help nobody.
const MOST: usize = 1000;

impl Findings {
    /// Adds a finding about a value.
    pub(crate) fn add(
        &mut self,
        code: &str,
        severity: Severity,
        (rule, span): (Option<usize>, Span),
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        if self.0.len() < MOST {
            let fix = Some(fix.into()).filter(|fix| !fix.is_empty());
            let Span { line, column, length } = span;
            let (line, column, length) = (line.max(1), column.max(1), length.max(1));
            self.0.push(Finding { code: code.into(), severity, message: message.into(), line, column, length, rule, fix });
        }
    }
}

/// Everything that is wrong with a file, in the order of the file.
pub fn lint(document: &Document) -> Vec<Finding> {
    let mut findings = Findings::default();
    for slip in &document.slips {
        add_slip(slip, &mut findings);
    }
    refused::size(document, &mut findings);
    for config in &document.configs {
        for lint in LINTS {
            (lint.check)(config, &mut findings);
        }
    }
    let mut found = findings.0;
    found.sort_by(|a, b| (a.line, a.column, b.severity, &a.code).cmp(&(b.line, b.column, a.severity, &b.code)));
    found.dedup();
    found
}

fn add_slip(slip: &Slip, findings: &mut Findings) {
    let severity = match slip.grade {
        Grade::Note => Severity::Note,
        Grade::Warning => Severity::Warning,
        Grade::Error => Severity::Error,
    };
    findings.add(slip.code, severity, (slip.rule, slip.span), &slip.message, &slip.fix);
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::aws::s3::cors::read;

    /// The findings for a configuration, as `line:column code`.
    pub(crate) fn places(text: &str) -> Vec<String> {
        lint(&read(text).unwrap()).iter().map(|f| format!("{}:{} {}", f.line, f.column, f.code)).collect()
    }

    /// The codes found in one rule, given its fields.
    pub(crate) fn codes(origins: &str, methods: &str, rest: &str) -> Vec<String> {
        let text = format!("[{{\"AllowedOrigins\": [{origins}], \"AllowedMethods\": [{methods}]{rest}}}]");
        lint(&read(&text).unwrap()).into_iter().map(|f| f.code).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::places;

    #[test]
    fn all_findings_come_at_once_in_the_order_of_the_file() {
        let text = "[\n  {\n    \"AllowedOrigins\": [\"https://a.test/\", \"a.test\"],\n    \"AllowedMethods\": [\"GET\", \"OPTIONS\", \"patch\",]\n  }\n]\n";
        assert_eq!(
            places(text),
            [
                "3:24 origin-trailing-slash",
                "3:43 origin-without-scheme",
                "4:31 options-method",
                "4:42 unsupported-method",
                "4:49 trailing-comma"
            ]
        );
    }

    #[test]
    fn a_good_configuration_has_no_findings() {
        let text =
            r#"[{"AllowedOrigins": ["https://a.test"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}]"#;
        assert_eq!(places(text), [""; 0]);
    }
}
