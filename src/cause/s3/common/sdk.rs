//! Request headers that libraries add by themselves, so that a page's author does not know of them.

/// Who adds a header, for the names that S3 uploads meet.
pub(crate) fn added_by(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let starts = |prefix: &str| name.starts_with(prefix);
    if starts("x-amz-checksum-") || starts("x-amz-sdk-") {
        return Some("the AWS SDK (default checksums, since January 2025)");
    }
    if starts("amz-sdk-") || matches!(name.as_str(), "x-amz-user-agent" | "x-amz-content-sha256" | "x-amz-date" | "x-amz-security-token") {
        return Some("the AWS SDK");
    }
    match name.as_str() {
        "traceparent" | "tracestate" => Some("tracing (W3C Trace Context)"),
        "baggage" | "sentry-trace" => Some("the Sentry SDK"),
        "x-requested-with" => Some("an XMLHttpRequest library such as Dropzone, jQuery or axios"),
        _ if starts("x-datadog-") => Some("the Datadog SDK"),
        _ => None,
    }
}
