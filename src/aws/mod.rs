//! What a name means: hosts of AWS and its neighbours, parsed without asking anybody.

pub mod s3;

use serde::{Deserialize, Serialize};
use url::Url;

/// What a URL points at, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Target {
    /// `s3`, `api-gateway` (REST or HTTP, the name does not tell), `api-gateway-rest`, `api-gateway-http`, `lambda-url`,
    /// `cloudfront`, … or `other`.
    pub kind: String,
    /// The bucket, access point or alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The object key, percent-decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The region in the host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The form of the endpoint, such as `global-virtual-hosted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The API, function or distribution id in the host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the URL's signature says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presigned: Option<s3::presign::Presigned>,
}

/// Reads a URL's host (and for S3 its path and query).
pub fn target(_url: &Url) -> Target {
    Target { kind: "other".into(), ..Target::default() }
}
