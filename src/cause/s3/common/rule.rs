//! The changes that several S3 causes propose.

use serde_json::json;
use url::Url;

use super::trial::Question;
use crate::cause::{Case, Fix};

/// The rule that lets this request through and nothing else, to be added to those that are there.
pub(crate) fn add_rule(case: &Case<'_>, own: &Question, title: impl Into<String>) -> Fix {
    let bucket = case.target.bucket.as_deref().unwrap_or("BUCKET");
    let rule = json!({
        "AllowedOrigins": [own.origin],
        "AllowedMethods": [own.method],
        "AllowedHeaders": own.headers,
        "ExposeHeaders": exposed(case),
        "MaxAgeSeconds": 3000,
    });
    let console = serde_json::to_string_pretty(&json!([rule])).unwrap_or_default();
    let command = serde_json::to_string_pretty(&json!({ "CORSRules": [rule] })).unwrap_or_default();
    let command = format!(
        "aws s3api get-bucket-cors --bucket {bucket}    # keep what is there: put replaces everything\n\
         aws s3api put-bucket-cors --bucket {bucket} --cors-configuration '{command}'"
    );
    let detail = "S3 takes the first rule in which origin, method and every header match, so one rule has to hold all three: \
        AllowedOrigins, AllowedMethods and AllowedHeaders in the console's JSON, AllowedOrigin, AllowedMethod and AllowedHeader in XML. \
        Add it to the rules that are there; a change shows after some seconds.";
    Fix::new("add-cors-rule", title, detail).snippet("json", "console", console).snippet("shell", "AWS CLI", command)
}

fn exposed(case: &Case<'_>) -> Vec<String> {
    let mut names: Vec<String> = case.ask.expose.iter().filter(|n| !n.eq_ignore_ascii_case("etag")).cloned().collect();
    if multipart(&case.ask.url) || names.len() < case.ask.expose.len() {
        names.push("ETag".into());
    }
    names
}

/// Whether the request uploads a part of a multipart upload.
pub(crate) fn multipart(url: &Url) -> bool {
    let has = |name: &str| url.query_pairs().any(|(n, _)| n.eq_ignore_ascii_case(name));
    has("partNumber") && has("uploadId")
}

/// Address the bucket in its own region.
pub(crate) fn use_region(region: &str, host: &str, url: &Url) -> Fix {
    Fix::new(
        "use-regional-endpoint",
        format!("address the bucket as {host}"),
        format!("The URL becomes {url}. Where an SDK builds it, give the client the region {region}."),
    )
    .snippet(
        "python",
        "boto3",
        format!("s3 = boto3.client(\"s3\", region_name=\"{region}\", endpoint_url=\"https://s3.{region}.amazonaws.com\")"),
    )
    .snippet("javascript", "AWS SDK for JavaScript v3", format!("const s3 = new S3Client({{ region: \"{region}\" }});"))
}
