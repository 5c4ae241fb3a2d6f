//! `apigw-payload-too-large`.

use super::fault::{self, Fault};
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The body is bigger than API Gateway takes: 10 MB, and 6 MB where a function is called. It was refused before the API ran.
    /// # Why the browser hides it
    /// A REST API refuses it in plain text, before gateway responses apply: that answer cannot be given CORS headers.
    /// # How to tell
    /// 413 with `HTTP content length exceeded 10485760 bytes.`, or `{"message":"Request Entity Too Large"}` of an HTTP API.
    /// # Fix
    /// Let the browser upload to S3 with a presigned URL, and send the API only the object's name; or send smaller parts.
    /// # Sources
    /// API Gateway guide, "Quotas" and "Important notes" (documented); measured answers (reported).
    "apigw-payload-too-large": "the body is bigger than API Gateway takes", Cause, Exact, ApigwRest, supersedes: ["payload-too-large"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let answerer = case.answerer_of(answer.probe);
    let by_words = fault::of_probe(case, answer.probe) == Some(Fault::TooLarge);
    let by_layer = answer.status() == 413 && answerer.layer.is_apigw();
    if !by_words && !by_layer {
        return None;
    }
    let size = case.ask.body_bytes.map(|n| format!(" The page sends {n} bytes.")).unwrap_or_default();
    let text = format!(
        "The limit is 10 MB (10485760 bytes), and 6 MB where the API calls a function.{size} A REST API makes this answer before gateway responses apply, so it cannot carry CORS headers."
    );
    let fix = Fix::new(
        "upload-directly-to-s3",
        "upload to S3 with a presigned URL, and send the API the object's name",
        "The function presigns a PUT or a POST policy, the browser sends the file to the bucket, whose own CORS rules must allow the page.",
    )
    .snippet("python", "boto3", "url = s3.generate_presigned_url(\"put_object\", Params={\"Bucket\": bucket, \"Key\": key, \"ContentType\": content_type}, ExpiresIn=900)");
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}
