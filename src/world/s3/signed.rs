//! What S3 refuses of a presigned URL before it looks at the signature, which is never checked here.

use super::reply::Answer;
use super::{Asked, Bucket};
use crate::aws::region;
use crate::aws::s3::presign::{LONGEST_LIFETIME, Presigned};
use crate::world::play::format_time;

/// How far clocks may differ.
const SKEW: i64 = 15 * 60;

/// The refusal; nothing when the request is not signed in its URL, or the signature could be good.
pub(super) fn refusal(asked: &Asked<'_>, bucket: &Bucket) -> Option<Answer> {
    let signed = Presigned::of(asked.url)?;
    let late = || signed.expires_at.filter(|end| asked.now >= *end).map(|end| expired(asked.now, end));
    if signed.version == "v2" {
        return old_version(bucket, &signed).or_else(late);
    }
    malformed(&signed)
        .or_else(|| other_region(bucket, &signed))
        .or_else(|| early(asked, &signed))
        .or_else(late)
        .or_else(|| unsigned(asked, &signed))
}

fn malformed(signed: &Presigned) -> Option<Answer> {
    const NEEDED: &str = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
                          X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
    const TOO_LONG: &str = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
                            604800 seconds";
    let unreadable = signed.unreadable.first().map(|what| format!("Error parsing {what}"));
    let message = match signed.lifetime {
        _ if !signed.missing.is_empty() => NEEDED,
        Some(life) if life < 0 => "X-Amz-Expires must be non-negative",
        Some(life) if life > LONGEST_LIFETIME => TOO_LONG,
        _ => unreadable.as_deref()?,
    };
    Some(Answer::error(400, "AuthorizationQueryParametersError", message))
}

/// A signature is good in one region; one of version 4A (with an empty region) in several.
fn other_region(bucket: &Bucket, signed: &Presigned) -> Option<Answer> {
    let region =
        signed.scope.as_ref().map(|scope| scope.region.as_str()).filter(|region| !region.is_empty() && *region != bucket.region)?;
    let message = format!("Error parsing the X-Amz-Credential parameter; the region '{region}' is wrong; expecting '{}'", bucket.region);
    Some(Answer::error(400, "AuthorizationQueryParametersError", &message).element("Region", &bucket.region))
}

fn early(asked: &Asked<'_>, signed: &Presigned) -> Option<Answer> {
    let is_early = signed.signed_at.is_some_and(|at| at > asked.now.saturating_add(SKEW));
    is_early.then(|| Answer::error(403, "AccessDenied", "Request is not yet valid"))
}

fn old_version(bucket: &Bucket, signed: &Presigned) -> Option<Answer> {
    const TOO_OLD: &str = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    const NEEDED: &str = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
    if region::find(&bucket.region).is_some_and(|region| !region.takes_sigv2()) {
        return Some(Answer::error(400, "InvalidRequest", TOO_OLD));
    }
    signed.expires_at.is_none().then(|| Answer::error(403, "AccessDenied", NEEDED))
}

fn expired(now: i64, end: i64) -> Answer {
    Answer::error(403, "AccessDenied", "Request has expired")
        .element("Expires", &format_time(end, "rfc3339"))
        .element("ServerTime", &format_time(now, "rfc3339"))
}

fn unsigned(asked: &Asked<'_>, signed: &Presigned) -> Option<Answer> {
    let headers: Vec<(String, Option<String>)> = asked.request.headers.iter().map(|(n, v)| (n.clone(), Some(v.clone()))).collect();
    let names = signed.unsigned_amz_headers(&headers);
    (!names.is_empty()).then(|| {
        Answer::error(403, "AccessDenied", "There were headers present in the request which were not signed")
            .element("HeadersNotSigned", &names.join(", "))
    })
}
