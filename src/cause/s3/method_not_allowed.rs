//! A method that the resource does not know.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// S3 does not know the method on this resource: a POST to an object key, where only the bucket takes form uploads; a
    /// DELETE of a delete marker; a write through something that only reads.
    /// # Why the browser hides it
    /// The preflight passes, since CORS rules know nothing of resources. Without a matching rule the 405 appears as a CORS
    /// error.
    /// # How to tell
    /// 405 `MethodNotAllowed` with `<Method>`, `<ResourceType>` and an `Allow` header.
    /// # Fix
    /// Upload with PUT to the key, or POST the form to the bucket itself with the key as a form field.
    /// # Sources
    /// - S3 API reference, "Error responses" and "POST Object" (documented)
    "s3-method-not-allowed": "S3 does not know this method on this resource", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let website = case.target.endpoint.as_deref() == Some("website");
    let refusal = coded(case, &["MethodNotAllowed"]).filter(|_| !website)?;
    let method = refusal.error.get("Method").unwrap_or(&case.ask.method).to_owned();
    let resource = match refusal.error.get("ResourceType") {
        Some("OBJECT") => "an object",
        Some("BUCKET") => "a bucket",
        _ => "this resource",
    };
    let allow = refusal.response.header("allow").map(|a| format!(" It allows {a}.")).unwrap_or_default();
    let fix = Fix::new(
        "use-the-right-method",
        "PUT to the key, or POST the form to the bucket",
        "A browser form posts to the bucket's own URL with the key as the field `key`; fetch and XMLHttpRequest PUT to the key.",
    );
    Some(by_code(case, &refusal, &format!("S3 knows no {method} on {resource}.{allow}")).fix(fix))
}
