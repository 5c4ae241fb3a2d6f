//! A presigned link to the wrong region cannot be mended by exchanging its host.

use super::common::region::astray;
use crate::cause::{Case, Finding, Severity};

cause! {
    /// # What happened
    /// The link is presigned and points at the wrong region. Its signature covers the host, so following a redirect or
    /// exchanging the host by hand ends in `SignatureDoesNotMatch`.
    /// # Why the browser hides it
    /// The preflight is unsigned: at the regional host it passes with any query. Only the actual request is then refused.
    /// # How to tell
    /// `X-Amz-SignedHeaders` contains `host`, as it always does; the scope in `X-Amz-Credential` names a region as well.
    /// # Fix
    /// Sign the link again with a client that is configured for the bucket's region.
    /// # Sources
    /// - S3 API reference, "Authenticating requests: using query parameters": `host` has to be signed (documented)
    /// - github.com/aws/aws-cli issue 2424: a followed 307 ends in `SignatureDoesNotMatch` (reported)
    "s3-presign-host-resign-needed": "the signature covers the host, so the regional link has to be signed anew", Note, Specific, S3
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let astray = astray(case)?;
    // The signature of a form covers its policy, not the host.
    case.target.presigned.as_ref().filter(|signed| signed.form.is_none())?;
    let region = astray.region.as_deref().map_or_else(String::new, |r| format!(" for {r}"));
    let text = format!(
        "The URL is presigned and its signature covers the host: sign it again{region}. With the host exchanged by hand the preflight \
             passes, the request itself does not."
    );
    Some(Finding::new(text).severity(Severity::Warning).cite_ask("the URL carries a signature"))
}
