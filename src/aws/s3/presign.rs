//! Presigned URLs, read offline.

use serde::{Deserialize, Serialize};
use url::Url;

/// What a presigned URL says of itself. Never holds the signature, the token or the whole key id.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Presigned {
    /// `v4`, `v4a` or `v2`.
    pub version: String,
}

impl Presigned {
    /// Reads the query of a URL; nothing when it is not signed.
    pub fn of(_url: &Url) -> Option<Self> {
        None
    }
}
