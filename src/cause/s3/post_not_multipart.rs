//! A POST to a bucket that is not a form upload.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// S3 takes a POST to a bucket as a browser form upload, and the body is not `multipart/form-data`: the file, or JSON,
    /// was posted by itself.
    /// # Why the browser hides it
    /// With a content type of its own the POST is preflighted, and an `AllowedMethods` without POST fails first. Once that
    /// is mended this error appears.
    /// # How to tell
    /// 412 `PreconditionFailed`, condition "Bucket POST must be of the enclosure-type multipart/form-data".
    /// # Fix
    /// Send the file with PUT to its key, or build a `FormData` with the policy's fields and leave the content type to the
    /// browser.
    /// # Sources
    /// - localstack `test_s3.py` and its snapshots (recorded against AWS)
    "s3-post-not-multipart": "a POST to a bucket has to be a multipart form", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal =
        coded(case, &["PreconditionFailed"]).filter(|r| r.error.get("Condition").is_some_and(|c| c.contains("multipart/form-data")))?;
    let text = "S3 takes a POST to a bucket as a form upload, and the body is not multipart/form-data.";
    let fix = Fix::new(
        "post-form-data",
        "PUT the file, or POST a FormData",
        "Do not set Content-Type by hand: the browser has to write the boundary into it.",
    )
    .snippet("javascript", "PUT", "await fetch(presignedUrl, { method: \"PUT\", body: file });")
    .snippet(
        "javascript",
        "POST",
        "const form = new FormData();\nfor (const [name, value] of Object.entries(fields)) \
             form.append(name, value);\nform.append(\"file\", file);\nawait fetch(url, { method: \"POST\", body: form });",
    );
    Some(by_code(case, &refusal, text).fix(fix))
}
