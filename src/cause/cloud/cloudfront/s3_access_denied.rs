//! `cloudfront-s3-access-denied`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// S3 refuses CloudFront the object: origin access control (or identity) is missing or not in the bucket policy, or the object
    /// does not exist and CloudFront may not list the bucket, which S3 then also calls access denied.
    /// # Why the browser hides it
    /// S3's 403 through CloudFront usually has no CORS headers.
    /// # How to tell
    /// `server: AmazonS3` through CloudFront with `<Code>AccessDenied</Code>`.
    /// # Fix
    /// Check that the key exists; allow the distribution s3:`GetObject` in the bucket policy, and s3:ListBucket to see a 404 for missing keys.
    /// # Sources
    /// CloudFront guide, "Restrict access to an Amazon S3 origin"; S3 API reference, `GetObject` (documented).
    "cloudfront-s3-access-denied": "S3 refuses CloudFront the object", Cause, Specific, S3, supersedes: ["s3-access-denied"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let answerer = case.answerer_of(answer.probe);
    let denied = case.s3_error(answer.probe).is_some_and(|e| e.code == "AccessDenied");
    if answerer.layer != Layer::S3 || !answerer.through.contains(&Layer::Cloudfront) || answer.status() != 403 || !denied {
        return None;
    }
    let asked = if answer.preflight {
        " (For OPTIONS this comes from the distribution's signed request, not from the bucket's CORS rules.)"
    } else {
        ""
    };
    let (verb, action) = match case.ask.sent_method().as_str() {
        "PUT" | "POST" => ("write to", "s3:PutObject"),
        "DELETE" => ("delete from", "s3:DeleteObject"),
        _ => ("read", "s3:GetObject"),
    };
    let text = format!(
        "Either the key does not exist and CloudFront may not list the bucket, or the bucket policy does not let the distribution {verb} it.{asked}"
    );
    let fix = Fix::new(
        "allow-distribution",
        format!("let the distribution {verb} the bucket, and see whether the key exists"),
        "Console: CloudFront, Origins, the origin, Origin access control, Copy policy; S3, the bucket, Permissions, Bucket policy.",
    )
    .snippet("json", "bucket policy", POLICY.replace("s3:GetObject", action));
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}

const POLICY: &str = r#"{
  "Effect": "Allow",
  "Principal": { "Service": "cloudfront.amazonaws.com" },
  "Action": ["s3:GetObject", "s3:ListBucket"],
  "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"],
  "Condition": { "StringEquals": { "AWS:SourceArn": "arn:aws:cloudfront::ACCOUNT:distribution/DISTRIBUTION" } }
}"#;
