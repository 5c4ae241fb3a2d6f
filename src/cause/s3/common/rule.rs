//! The changes that several S3 causes propose.

use url::Url;

use super::trial::Question;
use crate::cause::{Case, Fix};
use crate::remedy::{client, s3_cors};

/// The rule that lets this request through and nothing else, to be added to those that are there.
pub(crate) fn add_rule(case: &Case<'_>, own: &Question, title: impl Into<String>) -> Fix {
    let bucket = case.target.bucket.as_deref().unwrap_or("BUCKET");
    let rule = s3_cors::least_rule(&own.origin, &own.method, &own.headers, &exposed(case));
    let detail = "S3 takes the first rule in which origin, method and every header match, so one rule has to hold all three: \
        AllowedOrigins, AllowedMethods and AllowedHeaders in the console's JSON, AllowedOrigin, AllowedMethod and AllowedHeader in XML. \
        Put it behind the rules that are there (`put-bucket-cors` replaces them all): what passes today still does. It shows after some \
        seconds.";
    let mut fix = Fix::new("add-cors-rule", title, detail);
    fix.snippets.extend(s3_cors::snippets(&[rule], bucket));
    fix
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
