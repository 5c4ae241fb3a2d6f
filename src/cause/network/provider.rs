//! Hosts whose names and certificates are a provider's: where they fail, the fault lies on the way, and nobody can mend the server.

use super::Broken;
use crate::aws;
use crate::cause::{Finding, Fix};

/// Kinds of targets that answer under the provider's own name and certificate.
const KINDS: [&str; 14] = [
    "s3",
    "api-gateway",
    "lambda-url",
    "cloudfront",
    "appsync",
    "cognito",
    "aws-service",
    "amplify-hosting",
    "gcs",
    "r2",
    "azure-blob",
    "cloud-run",
    "cloud-functions",
    "app-engine",
];

/// Whether the name in the URL is a provider's.
pub(super) fn owns(broken: &Broken<'_>) -> bool {
    KINDS.contains(&aws::target(&broken.url).kind.as_str())
}

/// A certificate that the provider does not use.
pub(super) fn inspected_on_the_way(finding: Finding, host: &str) -> Finding {
    let detail = "The name is its provider's, whose certificates browsers trust. A proxy, a virus scanner or a local name server on the way \
        shows another one: compare from another network, and have the host exempted from inspection.";
    let because = "from another network the provider's own certificate is shown";
    finding.or_else("proxy-interference", because).fix(Fix::new(
        "pass-the-proxy",
        format!("find what answers in the place of {host}"),
        detail,
    ))
}

/// A name that the provider's own name servers answer.
pub(super) fn another_resolver(host: &str) -> Fix {
    let detail =
        "The name is its provider's, who has the record: a resolver on the way (a VPN, a filter, a private zone) answers otherwise.";
    Fix::new("use-another-resolver", format!("ask another resolver for {host}"), detail).snippet(
        "shell",
        "compare",
        format!("dig {host}\ndig @1.1.1.1 {host}"),
    )
}
