//! What the page asks for: one request as `fetch` or `XMLHttpRequest` would make it.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::aws::s3::presign::Presigned;
use crate::aws::{self, Target};
use crate::web::{Origin, method};

/// One cross-origin request of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ask {
    /// The request's URL.
    pub url: Url,
    /// Origin of the page.
    pub origin: Origin,
    /// Method as the page gave it; [`Ask::sent_method`] is what goes on the wire.
    #[serde(default = "get")]
    pub method: String,
    /// Request headers. A value decides whether the header is safelisted; without one it counts as not safelisted.
    #[serde(default)]
    pub headers: Vec<(String, Option<String>)>,
    /// Credentials mode.
    #[serde(default)]
    pub credentials: Credentials,
    /// Redirect mode.
    #[serde(default)]
    pub redirect: Redirect,
    /// An upload progress listener of `XMLHttpRequest` forces a preflight.
    #[serde(default)]
    pub upload_listener: bool,
    /// Response headers the page must be able to read.
    #[serde(default)]
    pub expose: Vec<String>,
    /// Size of the body that the page sends, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<u64>,
    /// What the form that the page posts is signed for, where it posts a signed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Box<Presigned>>,
}

fn get() -> String {
    "GET".into()
}

/// The credentials mode of a request. <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// Never send cookies.
    Omit,
    /// Send them to the page's own origin only; for a cross-origin request the same as none.
    #[default]
    SameOrigin,
    /// Send them everywhere (`withCredentials`).
    Include,
}

/// The redirect mode of a request. <https://fetch.spec.whatwg.org/#concept-request-redirect-mode>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Redirect {
    /// Follow redirects.
    #[default]
    Follow,
    /// A redirect is a network error.
    Error,
    /// Hand an opaque redirect to the page.
    Manual,
}

impl Ask {
    /// A plain GET.
    pub fn get(url: Url, origin: Origin) -> Self {
        Self {
            url,
            origin,
            method: get(),
            headers: Vec::new(),
            credentials: Credentials::default(),
            redirect: Redirect::default(),
            upload_listener: false,
            expose: Vec::new(),
            body_bytes: None,
            form: None,
        }
    }

    /// The method as sent: the six that browsers upper-case, any other unchanged.
    /// <https://fetch.spec.whatwg.org/#concept-method-normalize>.
    pub fn sent_method(&self) -> String {
        method::normalize(&self.method).to_owned()
    }

    /// Whether credentials are included, which turns every `*` into a literal.
    pub fn with_credentials(&self) -> bool {
        self.credentials == Credentials::Include
    }

    /// What the URL points at, and what its signature or that of the posted form says.
    pub fn target(&self) -> Target {
        let mut target = aws::target(&self.url);
        if let Some(signed) = &self.form {
            target.key = signed.form.as_ref().and_then(|form| form.key.clone()).or(target.key);
            target.presigned = Some(signed.clone());
        }
        target
    }

    /// The given value of a request header, by any case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).and_then(|(_, v)| v.as_deref())
    }
}
