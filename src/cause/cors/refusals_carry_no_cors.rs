//! A store that leaves CORS headers off its refusals.

use crate::cause::{Case, Finding, Fix, Severity, quote};
use crate::layer::Layer;
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// This store leaves the CORS headers off when it refuses a request, so the page sees a CORS error instead of the real one (an
    /// expired link, a wrong signature). Amazon S3 sends them on errors too, and there the same fault is readable.
    /// # Why the browser hides it
    /// Without Access-Control-Allow-Origin neither status nor body reach the page.
    /// # How to tell
    /// The preflight passes, the refusal has an error code in its body and no Access-Control header.
    /// # Fix
    /// Mend what the error code says; the CORS rules are right. A page that wants to see such errors needs a proxy that adds the headers.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-check>
    /// - Cloudflare R2: <https://developers.cloudflare.com/r2/buckets/cors/>
    "refusals-carry-no-cors": "this store leaves CORS headers off its refusals", Note, Protocol, S3Compatible
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (probe, response) = case.failed_actual().filter(|(_, response)| case.verdict.stage == Stage::Actual && response.status >= 400)?;
    let error = case.s3_error(probe)?;
    let layer = case.answerer_of(probe).layer;
    if response.has_cors_headers() || !case.past_preflight() || matches!(layer, Layer::S3 | Layer::Cloudfront) {
        return None;
    }
    let store =
        matches!(layer, Layer::R2 | Layer::Ceph | Layer::Minio | Layer::S3Compatible | Layer::Gcs) || case.target.presigned.is_some();
    if !store {
        return None;
    }
    Some(
        Finding::new(format!(
            "{} refuses with {} {} and sends no CORS headers on refusals, so the page cannot see the reason. On Amazon S3 the same fault \
             would be readable.",
            case.answerer_of(probe).chain(),
            response.status,
            quote(&error.code, 80)
        ))
        .cite(probe, format!("status {}, {}: {}", response.status, quote(&error.code, 80), quote(&error.message, 160)))
        .severity(Severity::Note)
        .layer(layer)
        .fix(Fix::new("mend-the-error", format!("mend what {} says; the CORS rules are right", quote(&error.code, 80)), "")),
    )
}
