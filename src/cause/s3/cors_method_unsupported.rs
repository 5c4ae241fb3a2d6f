//! A method that no CORS rule of S3 can allow.

use super::common::attribution::METHODS;
use super::common::cors;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The page uses a method such as PATCH. CORS rules of S3 know GET, PUT, POST, DELETE and HEAD only, and S3 has no
    /// object operation with another method.
    /// # Why the browser hides it
    /// The refused preflight carries no CORS headers, so the console speaks of Access-Control-Allow-Origin.
    /// # How to tell
    /// 400 `BadRequest`: "Invalid Access-Control-Request-Method: PATCH", or the usual 403 with a method outside the five.
    /// Methods other than these five and OPTIONS are sent as they are written: `patch` stays lower case.
    /// # Fix
    /// Use PUT to write a whole object or POST for a form upload. If PATCH was meant for an API, the URL is wrong.
    /// # Sources
    /// - scality/cloudserver `corsPreflight.js`, ceph/s3-tests (modelled on AWS; whether the 400 still holds is not known)
    /// - S3 User Guide, "Elements of a CORS configuration" (documented)
    "s3-cors-method-unsupported": "S3 never allows this method to pages", Cause, Exact, S3,
    supersedes: ["preflight-bad-status", "preflight-forbidden", "s3-cors-no-match", "method-not-allowed"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let method = case.ask.sent_method();
    let refusal = cors::refusal(case)?;
    let told =
        refusal.is("BadRequest") && refusal.says("Invalid Access-Control-Request-Method") && !refusal.error.message.ends_with("null");
    let follows = refusal.says("This CORS request is not allowed") && !METHODS.contains(&method.as_str());
    if !told && !follows {
        return None;
    }
    let text = format!("S3 refuses {method} to every page: its CORS rules can list GET, PUT, POST, DELETE and HEAD, and no other method.");
    let fix = Fix::new(
        "use-supported-method",
        format!("use another method than {method}"),
        "PUT replaces an object, POST uploads a form; S3 has no partial update.",
    );
    let confidence = if told { Confidence::Confirmed } else { Confidence::Likely };
    Some(Finding::new(text).cite(refusal.probe, refusal.quote()).confidence(confidence).fix(fix))
}
