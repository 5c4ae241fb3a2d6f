//! The website endpoint of a bucket: pages instead of XML, and reading only.
//! Source: S3 User Guide, "Key differences between a website endpoint and a REST API endpoint".

use super::reply::Answer;
use super::{Asked, Bucket};

pub(super) fn answer(asked: &Asked<'_>, bucket: Option<&Bucket>) -> Answer {
    let Some(bucket) = bucket else {
        return Answer::error(404, "NoSuchBucket", "The specified bucket does not exist").for_website();
    };
    if asked.request.method == "OPTIONS" {
        return asked.preflight(bucket).for_website();
    }
    if !matches!(asked.request.method.as_str(), "GET" | "HEAD") {
        let message = "The specified method is not allowed against this resource.";
        return Answer::error(405, "MethodNotAllowed", message).header("Allow", "GET, HEAD").for_website();
    }
    if !bucket.website {
        return Answer::error(404, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")
            .for_website();
    }
    let key = asked.at.key.as_deref().unwrap_or("index.html");
    bucket.read(key).for_website().headers(asked.cors_headers(bucket))
}
