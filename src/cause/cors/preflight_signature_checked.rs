//! A store or proxy checks the signature of the preflight itself.

use super::{moved, status};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{Purpose, Step};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The URL is presigned for one method, and the server checks that signature on the preflight (OPTIONS) too. OPTIONS was never
    /// signed, so it is refused, whatever the CORS rules say.
    /// # Why the browser hides it
    /// The status and the error code of a preflight are never shown to the page.
    /// # How to tell
    /// The answer to OPTIONS names a signature fault (`SignatureDoesNotMatch`, `AccessDenied` for an expired link …). Amazon S3 itself
    /// does not look at the signature of an OPTIONS. The same OPTIONS without the signature in the query passes.
    /// # Fix
    /// No CORS rule helps. Use a version of the server that leaves OPTIONS alone, answer OPTIONS in a proxy in front of it, or upload
    /// with a request that needs no preflight (a form POST).
    /// # Sources
    /// - Fetch, a preflight is a request of its own: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - What a presigned URL signs: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
    "preflight-signature-checked": "the server checks the signature of the preflight, which nobody signed", Cause, Specific, S3Compatible,
    supersedes: ["preflight-forbidden", "preflight-bad-status", "preflight-auth-required"]
}

/// Error codes that speak of a signature or its credentials.
const SIGNATURE: [&str; 9] = [
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "MissingSecurityHeader",
    "RequestTimeTooSkewed",
    "InvalidToken",
    "ExpiredToken",
    "XMinioInvalidSignature",
];

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = status::refused(case, |status| matches!(status, 400 | 401 | 403))?;
    let error = case.s3_error(answer.probe)?;
    let expired = error.message.to_ascii_lowercase().contains("expired");
    let layer = case.answerer_of(answer.probe).layer;
    // Amazon S3 answers a preflight from the bucket's rules alone.
    if !(SIGNATURE.contains(&error.code.as_str()) || (error.code == "AccessDenied" && expired)) || layer == Layer::S3 {
        return None;
    }
    let step = unsigned(case);
    let passed = step.as_ref().and_then(|step| case.answer(step)).filter(|probe| case.preflight_passes(probe) == Some(true));
    let method = case.ask.sent_method();
    let finding = status::finding(
        case,
        &answer,
        &format!(
            "It checked the signature of the OPTIONS request ({}), but the link is signed for {method}, and nobody signs a preflight. No \
             CORS rule can help as long as the server does that; Amazon S3 itself does not.",
            error.code
        ),
    )
    .cite(answer.probe, format!("OPTIONS → {} {}", answer.status(), error.code));
    let finding = match passed {
        Some(probe) => finding
            .cite(probe, format!("OPTIONS without the signature passes ({})", probe.response.as_ref().map_or(0, |r| r.status)))
            .confidence(Confidence::Confirmed),
        None => finding.confidence(Confidence::Likely),
    };
    let finding = match step {
        Some(step) => finding.want(step),
        None => finding,
    };
    Some(
        finding
            .layer(if layer == Layer::Server { Layer::S3Compatible } else { layer })
            .fix(status::answer_options(
                case,
                &answer,
                "In a proxy in front of the store, so that OPTIONS never reaches the check; or update the store.",
            ))
            .fix(Fix::new(
                "use-form-post",
                "upload with a presigned POST form",
                format!(
                    "A multipart form without extra headers and without an upload progress listener needs no preflight, so {} is never \
                     asked with OPTIONS.",
                    moved::shown(&case.ask.url)
                ),
            )),
    )
}

/// The same preflight without the signature in the query.
fn unsigned(case: &Case<'_>) -> Option<Step> {
    let mut url = case.ask.url.clone();
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .take(64)
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !name.starts_with("x-amz-") && !matches!(name.as_str(), "signature" | "expires" | "awsaccesskeyid")
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    (url != case.ask.url).then(|| case.preflight_step(Purpose::FollowUp, |ask| ask.url = url))
}
