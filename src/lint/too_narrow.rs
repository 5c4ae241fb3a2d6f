//! What will be refused although somebody probably wants it: the apex beside a wildcard, the headers that clients add by
//! themselves, the `ETag` of an upload.

use super::{Findings, Lint};
use crate::aws::s3::cors::config::{Config, Rule, Text};
use crate::aws::s3::cors::engine::{covers, covers_header};
use crate::cause::Severity::{Note, Warning};

/// A wildcard for subdomains without the domain itself.
pub(super) static APEX: Lint = Lint { check: apex };
/// A hand-written list that lacks what the AWS SDKs send.
pub(super) static SDK_HEADERS: Lint = Lint { check: sdk_headers };
/// Uploads without `Content-Type`.
pub(super) static CONTENT_TYPE: Lint = Lint { check: content_type };
/// Uploads without `ETag`.
pub(super) static ETAG: Lint = Lint { check: etag };

/// What the AWS SDK for JavaScript sends with a signed upload, the checksums since January 2025 among them.
/// Sources: <https://github.com/aws/aws-sdk-js-v3/issues/1376>,
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html>.
const SDK: [&str; 9] = [
    "authorization",
    "content-type",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-user-agent",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-checksum-crc32",
    "x-amz-sdk-checksum-algorithm",
];

fn apex(config: &Config, findings: &mut Findings) {
    let origins: Vec<&Text> = config.rules.iter().flat_map(|rule| &rule.origins).filter(|text| !text.opaque).collect();
    for (index, rule) in config.rules.iter().enumerate() {
        for text in rule.origins.iter().filter(|text| !text.opaque) {
            let Some((scheme, domain)) = text.value.split_once("://*.") else { continue };
            let apex = format!("{scheme}://{domain}");
            let several_labels = domain.split(':').next().is_some_and(|name| name.contains('.'));
            if several_labels && !domain.contains(['*', '/']) && !origins.iter().any(|other| covers(&other.value, &apex)) {
                let message = format!("{} does not cover {apex}", text.value);
                findings.add("apex-not-covered", Note, (Some(index), text.span), message, format!("add {apex} if pages live there"));
            }
        }
    }
}

fn sdk_headers(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate().filter(|(_, rule)| writes(rule)) {
        let Some(first) = rule.headers.first() else { continue };
        // The list is for an SDK when it names what only an SDK sends.
        let for_sdk = rule.headers.iter().any(|text| SDK.iter().any(|name| *name != "content-type" && covers_header(&text.value, name)));
        let missing: Vec<&str> = SDK.into_iter().filter(|name| !allows(rule, name)).collect();
        if for_sdk && !missing.is_empty() && !rule.headers.iter().any(|text| text.opaque) {
            let message = format!("the AWS SDK for JavaScript also sends {}: the preflight will be refused", missing.join(", "));
            let fix = "allow \"*\", or add \"x-amz-*\" and \"amz-sdk-*\"; or set requestChecksumCalculation: \"WHEN_REQUIRED\" against the checksums";
            findings.add("sdk-headers-missing", Warning, (Some(index), first.span), message, fix);
        }
    }
}

fn content_type(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate().filter(|(_, rule)| has_method(rule, "PUT")) {
        if !allows(rule, "content-type") && !rule.headers.iter().any(|text| text.opaque) {
            let [_, _, key, ..] = config.dialect.keys();
            let what = if rule.headers.is_empty() { format!("the rule has no {key}") } else { format!("{key} lacks Content-Type") };
            let message = format!("{what}: a PUT with a Content-Type such as image/png will be refused");
            let fix = format!("add \"Content-Type\" to {key}");
            findings.add("content-type-not-allowed", Warning, (Some(index), rule.span), message, fix);
        }
    }
}

fn etag(config: &Config, findings: &mut Findings) {
    for (index, rule) in config.rules.iter().enumerate().filter(|(_, rule)| writes(rule)) {
        if !rule.expose.iter().any(|text| text.opaque || text.value.eq_ignore_ascii_case("etag")) {
            let message = "scripts cannot read the ETag of what they upload; a multipart upload from the browser needs it";
            let [_, _, _, key, ..] = config.dialect.keys();
            findings.add("etag-not-exposed", Note, (Some(index), rule.span), message, format!("add \"ETag\" to {key}"));
        }
    }
}

fn writes(rule: &Rule) -> bool {
    has_method(rule, "PUT") || has_method(rule, "POST")
}

fn has_method(rule: &Rule, method: &str) -> bool {
    rule.methods.iter().any(|text| text.value == method)
}

fn allows(rule: &Rule, name: &str) -> bool {
    rule.headers.iter().any(|text| covers_header(&text.value, name))
}

#[cfg(test)]
mod tests {
    use super::super::testing::codes;

    #[test]
    fn hand_written_lists_lack_what_clients_add() {
        const O: &str = "\"https://a.test\"";
        const ETAG: &str = ", \"ExposeHeaders\": [\"ETag\"]";
        for (methods, rest, found) in [
            ("\"PUT\"", ", \"AllowedHeaders\": [\"*\"]", &["etag-not-exposed"][..]),
            ("\"PUT\"", &format!("{ETAG}, \"AllowedHeaders\": [\"authorization\", \"content-type\"]"), &["sdk-headers-missing"]),
            ("\"PUT\"", &format!("{ETAG}, \"AllowedHeaders\": [\"content-type\"]"), &[]),
            ("\"PUT\"", &format!("{ETAG}, \"AllowedHeaders\": [\"x-amz-*\", \"amz-sdk-*\", \"content-type\", \"authorization\"]"), &[]),
            ("\"PUT\"", ETAG, &["content-type-not-allowed"]),
            ("\"POST\"", ETAG, &[]),
            ("\"GET\"", "", &[]),
        ] {
            assert_eq!(codes(O, methods, rest), found, "{methods} {rest}");
        }
    }

    #[test]
    fn a_wildcard_does_not_cover_the_apex() {
        assert_eq!(codes("\"https://*.a.test\"", "\"GET\"", ""), ["apex-not-covered"]);
        assert_eq!(codes("\"https://*.a.test\", \"https://a.test\"", "\"GET\"", ""), [""; 0]);
    }
}
