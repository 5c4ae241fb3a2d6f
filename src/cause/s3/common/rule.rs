//! The changes that several S3 causes propose.

use serde_json::json;
use url::Url;

use super::trial::Question;
use crate::cause::{Case, Fix};
use crate::remedy::client;

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
pub(crate) fn use_region(case: &Case<'_>, region: &str, url: &Url) -> Fix {
    let host = url.host_str().unwrap_or_default();
    let mut shown = url.clone();
    shown.set_query(None);
    let detail = format!("The URL becomes {shown}. Where an SDK builds it, give the client the region {region}.");
    with_sdks(case, region, Fix::new("use-regional-endpoint", format!("address the bucket as {host}"), detail))
}

/// Sign for the bucket's region.
pub(crate) fn sdk_region(case: &Case<'_>, region: &str) -> Fix {
    let detail = "The signature contains the region and covers the host: neither can be exchanged in an existing link.";
    with_sdks(case, region, Fix::new("presign-in-bucket-region", format!("sign for {region}"), detail))
}

fn with_sdks(case: &Case<'_>, region: &str, mut fix: Fix) -> Fix {
    let bucket = case.target.bucket.as_deref().unwrap_or("BUCKET");
    fix.snippets.extend(client::use_region(bucket, region, &case.ask.url));
    fix
}
