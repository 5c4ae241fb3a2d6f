//! The bucket whose endpoint forms were looked at, and the one to use.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::cause::Snippet;
use crate::remedy::client::use_region;

/// Which bucket was looked at, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Bucket {
    /// The bucket.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The URL that a browser can use, of the best form that passes.
    #[serde(rename = "use")]
    pub usable: Option<Url>,
    /// What makes a client use it.
    #[serde(default)]
    pub snippets: Vec<Snippet>,
}

impl Bucket {
    /// With the lines of each SDK, for a request with this method.
    pub fn new(name: String, region: String, usable: Option<Url>, method: &str) -> Self {
        let snippets = usable.as_ref().map(|url| use_region(&name, &region, url, method)).unwrap_or_default();
        Self { name, region, usable, snippets }
    }
}
