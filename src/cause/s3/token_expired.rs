//! A session token that ended.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The request is signed with temporary credentials, and their session has ended. A presigned link lives no longer than
    /// the credentials that signed it, whatever `X-Amz-Expires` says.
    /// # Why the browser hides it
    /// The preflight is not signed and passes; the link looks valid by its own dates.
    /// # How to tell
    /// 400 `ExpiredToken` ("The provided token has expired.") or `InvalidToken`.
    /// # Fix
    /// Sign when the link is needed, with credentials that live longer than the link: role sessions last an hour by
    /// default.
    /// # Sources
    /// - S3 API reference, "Error responses"; S3 User Guide, "Sharing objects with presigned URLs" (documented)
    "s3-token-expired": "the session that signed the request has ended", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["ExpiredToken", "InvalidToken", "TokenRefreshRequired"])?;
    let what = if refusal.is("InvalidToken") {
        "S3 does not accept the session token of the signature"
    } else {
        "The temporary credentials that signed the request have expired"
    };
    let text = format!("{what}. A presigned link ends with the credentials that made it, even before its own expiry.");
    let fix = Fix::new(
        "sign-with-fresh-credentials",
        "sign with credentials that outlive the link",
        "Presign at the time of use. Role sessions last an hour unless asked for longer; console and SSO sessions vary.",
    );
    Some(by_code(case, &refusal, &text).fix(fix))
}
