//! Presigned URLs, read offline.

use serde::{Deserialize, Serialize};

/// What a presigned URL says of itself. Never holds the signature, the token or the whole key id.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Presigned {
    /// `v4`, `v4a` or `v2`.
    pub version: String,
}
