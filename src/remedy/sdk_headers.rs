//! Request headers that a library adds by itself, who adds them and how to stop it.
//!
//! A table and a lookup; knows no evidence and no cause. Each entry names its source.

/// Headers that one library adds, and its switch.
#[derive(Debug, PartialEq, Eq)]
pub struct Sender {
    /// The library, as people call it.
    pub name: &'static str,
    /// Lower-case names; a trailing `*` stands for any rest.
    pub headers: &'static [&'static str],
    /// Names that are its own only beside one of `headers` (`authorization`, say).
    pub beside: &'static [&'static str],
    /// Why it adds them.
    pub why: &'static str,
    /// The switch in words; how to live with them where there is none.
    pub switch: &'static str,
    /// The switch as code; empty where there is none.
    pub code: &'static str,
    /// Where this is documented.
    pub source: &'static str,
    /// Whether no setting leaves them out, so that only the server can change.
    pub stays: bool,
    /// Whether the page's author neither wrote nor chose these headers, so that the library alone is to blame.
    pub unasked: bool,
}

/// The libraries. The first that lists a name counts, so narrower entries stand first.
pub static SENDERS: &[Sender] = &[
    Sender {
        name: "the AWS SDK's default integrity checks",
        headers: &["x-amz-checksum-*", "x-amz-sdk-checksum-algorithm", "x-amz-trailer", "x-amz-decoded-content-length"],
        beside: &["content-encoding"],
        why: "since January 2025 the AWS SDKs (JavaScript from 3.729.0) add a checksum to every upload and ask for one on every download",
        switch: "set requestChecksumCalculation and responseChecksumValidation to \"WHEN_REQUIRED\" on the client",
        code: "new S3Client({\n  region,\n  requestChecksumCalculation: \"WHEN_REQUIRED\",\n  \
            responseChecksumValidation: \"WHEN_REQUIRED\",\n});",
        source: "https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "the AWS SDK for JavaScript",
        headers: &["amz-sdk-invocation-id", "amz-sdk-request", "x-amz-user-agent"],
        beside: &[],
        why: "it numbers its retries and names its version, since a script cannot set User-Agent everywhere",
        switch: "no option turns them off: allow amz-sdk-* and x-amz-*, or let the server presign a URL and send the file with fetch()",
        code: "",
        source: "https://github.com/aws/aws-sdk-js-v3/issues/1376",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "AWS Signature Version 4 (an AWS SDK or Amplify)",
        headers: &["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"],
        beside: &["authorization"],
        why: "a request signed in the browser carries its signature in headers",
        switch: "let the server presign a URL: the signature then travels in the query and needs no header",
        code: "",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "the X-Ray part of CloudWatch RUM or Amplify",
        headers: &["x-amzn-trace-id"],
        beside: &[],
        why: "it joins the page's trace with the server's",
        switch: "set addXRayTraceIdHeader to false in the http telemetry, or list the URLs that may get it",
        code: "telemetries: [[\"http\", { addXRayTraceIdHeader: false }]]",
        source: "https://github.com/aws-observability/aws-rum-web/blob/main/docs/configuration.md",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Sentry",
        headers: &["sentry-trace"],
        beside: &["baggage"],
        why: "its tracing joins the page's trace with the server's",
        switch: "list only your own API in tracePropagationTargets",
        code: "Sentry.init({\n  tracePropagationTargets: [\"localhost\", /^https:\\/\\/api\\.example\\.com/],\n});",
        source: "https://docs.sentry.io/platforms/javascript/configuration/options/#tracePropagationTargets",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Datadog RUM",
        headers: &["x-datadog-*"],
        beside: &["traceparent", "tracestate", "baggage", "b3", "x-b3-*"],
        why: "its tracing joins the page's trace with the server's",
        switch: "list only your own API in allowedTracingUrls",
        code: "datadogRum.init({ allowedTracingUrls: [\"https://api.example.com\"] });",
        source: "https://docs.datadoghq.com/real_user_monitoring/correlate_with_other_telemetry/apm/",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "New Relic Browser",
        headers: &["newrelic", "x-newrelic-id"],
        beside: &["traceparent", "tracestate"],
        why: "its distributed tracing joins the page's trace with the server's",
        switch: "list only your own API in distributed_tracing.allowed_origins",
        code: "",
        source: "https://docs.newrelic.com/docs/browser/new-relic-browser/browser-pro-features/browser-data-distributed-tracing/",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Elastic APM RUM",
        headers: &["elastic-apm-traceparent"],
        beside: &["traceparent", "tracestate"],
        why: "its distributed tracing joins the page's trace with the server's",
        switch: "list only your own API in distributedTracingOrigins",
        code: "",
        source: "https://www.elastic.co/guide/en/apm/agent/rum-js/current/distributed-tracing-guide.html",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Application Insights",
        headers: &["request-id", "request-context"],
        beside: &["traceparent", "tracestate"],
        why: "its correlation joins the page's trace with the server's",
        switch: "leave enableCorsCorrelation off, or list the host in correlationHeaderExcludedDomains",
        code: "new ApplicationInsights({ config: { correlationHeaderExcludedDomains: [\"uploads.example.com\"] } });",
        source: "https://learn.microsoft.com/azure/azure-monitor/app/javascript-sdk-configuration",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Dynatrace RUM",
        headers: &["x-dtc", "x-dtpc", "x-dtreferer"],
        beside: &["traceparent", "tracestate"],
        why: "its monitoring joins the page's actions with the server's",
        switch: "limit the cross-origin detection of XHR calls to your own API in the RUM settings",
        code: "",
        source: "https://docs.dynatrace.com/docs/observe/digital-experience/web-applications",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Instana",
        headers: &["x-instana-*"],
        beside: &["traceparent", "tracestate"],
        why: "its monitoring joins the page's trace with the server's",
        switch: "list only your own API in ineum('allowedOrigins', …)",
        code: "",
        source: "https://www.ibm.com/docs/en/instana-observability",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "a Zipkin or Jaeger tracer",
        headers: &["b3", "x-b3-*", "uber-trace-id"],
        beside: &[],
        why: "the tracer joins the page's trace with the server's",
        switch: "limit propagateTraceHeaderCorsUrls (or your tracer's equal) to your own API",
        code: "",
        source: "https://github.com/openzipkin/b3-propagation",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "OpenTelemetry or another tracer (W3C Trace Context)",
        headers: &["traceparent", "tracestate", "baggage"],
        beside: &[],
        why: "the tracer joins the page's trace with the server's",
        switch: "limit propagateTraceHeaderCorsUrls to your own API (Sentry: tracePropagationTargets, Datadog: allowedTracingUrls)",
        code: "new FetchInstrumentation({ propagateTraceHeaderCorsUrls: [/^https:\\/\\/api\\.example\\.com/] });",
        source: "https://www.w3.org/TR/trace-context/",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "the tus client",
        headers: &["tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-defer-length", "upload-concat"],
        beside: &[],
        why: "resumable uploads speak the tus protocol, which is made of these headers",
        switch: "they cannot be left out; the server has to speak tus and allow them",
        code: "",
        source: "https://tus.io/protocols/resumable-upload",
        stays: true,
        unasked: false,
    },
    Sender {
        name: "the Azure Storage SDK",
        headers: &["x-ms-version", "x-ms-date", "x-ms-blob-*", "x-ms-client-request-id", "x-ms-useragent", "x-ms-meta-*"],
        beside: &[],
        why: "every call of its API carries them",
        switch: "they cannot be left out; allow x-ms-* in the storage account's CORS rules",
        code: "",
        source: "https://learn.microsoft.com/rest/api/storageservices/cross-origin-resource-sharing--cors--support-for-the-azure-storage-services",
        stays: true,
        unasked: true,
    },
    Sender {
        name: "a Google or Firebase client",
        headers: &["x-goog-api-client", "x-goog-user-project", "x-firebase-*"],
        beside: &[],
        why: "it names its version and project",
        switch: "they cannot be left out; the server has to allow them",
        code: "",
        source: "https://cloud.google.com/apis/docs/system-parameters",
        stays: true,
        unasked: true,
    },
    Sender {
        name: "an OpenAI or Anthropic client (Stainless)",
        headers: &["x-stainless-*"],
        beside: &[],
        why: "it names its version and platform",
        switch: "set each of them to null in defaultHeaders",
        code: "defaultHeaders: { \"x-stainless-lang\": null, \"x-stainless-package-version\": null }",
        source: "https://github.com/openai/openai-node",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Apollo Client",
        headers: &["apollo-require-preflight", "x-apollo-operation-name", "apollographql-client-*"],
        beside: &[],
        why: "they keep simple requests of other sites from reaching the GraphQL server",
        switch: "they are wanted; allow them at the GraphQL server",
        code: "",
        source: "https://www.apollographql.com/docs/apollo-server/security/cors",
        stays: true,
        unasked: false,
    },
    Sender {
        name: "htmx",
        headers: &["hx-*"],
        beside: &[],
        why: "every htmx request carries them",
        switch: "delete them in an htmx:configRequest listener for foreign hosts",
        code: "document.body.addEventListener(\"htmx:configRequest\", (e) => { e.detail.headers = {}; });",
        source: "https://htmx.org/docs/#cors",
        stays: false,
        unasked: true,
    },
    Sender {
        name: "Dropzone",
        headers: &["x-requested-with"],
        beside: &["cache-control"],
        why: "Dropzone (and other upload widgets) add X-Requested-With and Cache-Control to every upload",
        switch: "set both to null in the headers option (Dropzone 5 and later)",
        code: "new Dropzone(\"form\", { headers: { \"Cache-Control\": null, \"X-Requested-With\": null } });",
        source: "https://github.com/dropzone/dropzone/blob/main/src/options.js",
        stays: false,
        unasked: false,
    },
];

/// The library that adds this header by itself.
pub fn sender_of(name: &str) -> Option<&'static Sender> {
    SENDERS.iter().find(|sender| lists(sender.headers, name))
}

/// The libraries that add these headers, each with its names, in the order of `names`; and the names that nobody adds.
pub fn group<'n>(names: &'n [String]) -> (Vec<(&'static Sender, Vec<&'n str>)>, Vec<&'n str>) {
    let mut groups: Vec<(&'static Sender, Vec<&'n str>)> = Vec::new();
    let mut unknown: Vec<&'n str> = Vec::new();
    let present: Vec<&Sender> = names.iter().filter_map(|name| sender_of(name)).collect();
    for name in names {
        let beside = present.iter().copied().find(|sender| lists(sender.beside, name));
        match beside.or_else(|| sender_of(name)) {
            None => unknown.push(name),
            Some(sender) => match groups.iter_mut().find(|(known, _)| *known == sender) {
                Some((_, list)) => list.push(name),
                None => groups.push((sender, vec![name])),
            },
        }
    }
    (groups, unknown)
}

fn lists(patterns: &[&str], name: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<&'static str> {
        sender_of(name).map(|sender| sender.name)
    }

    #[test]
    fn knows_who_adds_a_header() {
        assert_eq!(named("X-Amz-Checksum-CRC32"), Some("the AWS SDK's default integrity checks"));
        assert_eq!(named("amz-sdk-request"), Some("the AWS SDK for JavaScript"));
        assert_eq!(named("x-datadog-trace-id"), Some("Datadog RUM"));
        assert_eq!(named("x-amz-acl"), None);
        assert_eq!(named("authorization"), None);
        assert_eq!(named("x-datadog"), None);
        assert_eq!(named("ü"), None);
    }

    #[test]
    fn companions_go_with_their_library() {
        let names: Vec<String> = ["authorization", "baggage", "sentry-trace", "x-amz-date", "x-own"].map(str::to_owned).to_vec();
        let (groups, unknown) = group(&names);
        let seen: Vec<(&str, Vec<&str>)> = groups.iter().map(|(sender, list)| (sender.name, list.clone())).collect();
        assert_eq!(seen[0], ("AWS Signature Version 4 (an AWS SDK or Amplify)", vec!["authorization", "x-amz-date"]));
        assert_eq!(seen[1], ("Sentry", vec!["baggage", "sentry-trace"]));
        assert_eq!(unknown, ["x-own"]);
    }

    #[test]
    fn every_entry_has_a_source() {
        for sender in SENDERS {
            assert!(sender.source.starts_with("https://") && !sender.headers.is_empty() && !sender.switch.is_empty(), "{}", sender.name);
        }
    }
}
