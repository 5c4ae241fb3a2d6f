//! `aws-service-no-cors`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The page calls an endpoint of an AWS service that allows no browsers: about a quarter of the services, and S3's own
    /// endpoint where no bucket is named (listing buckets), or S3 Control.
    /// # Why the browser hides it
    /// The answer grants nothing, and nobody outside AWS can change that.
    /// # How to tell
    /// A host `SERVICE.REGION.amazonaws.com` with `x-amzn-requestid` and no Access-Control header; on S3 `<ResourceType>SERVICE</ResourceType>`.
    /// # Fix
    /// Make the call in a backend (a function behind API Gateway) and let the page ask that.
    /// # Sources
    /// AllanZhengYP/cors-test, a survey of the services' endpoints (reported).
    "aws-service-no-cors": "this AWS endpoint allows no calls from browsers", Cause, Specific, AwsService, supersedes: ["s3-cors-not-configured", "s3-bucket-not-found", "apigw-missing-route", "apigw-iam-on-options", "apigw-forbidden"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let layer = case.answerer_of(answer.probe).layer;
    let error = case.s3_error(answer.probe);
    let whole_s3 = layer == Layer::S3
        && (error.as_ref().is_some_and(|e| e.get("ResourceType") == Some("SERVICE"))
            || (case.target.kind == "s3" && case.target.bucket.is_none()));
    let control = case.target.kind == "s3" && case.target.endpoint.as_deref().is_some_and(|form| form.ends_with("control"));
    if answer.readable || !answer.bare() || !(whole_s3 || control || case.target.kind == "aws-service") {
        return None;
    }
    let text = if control {
        "This is the endpoint of S3 Control (batch jobs, access points, account settings). It serves no bucket, and no CORS rule reaches it."
            .to_owned()
    } else if whole_s3 {
        "No bucket is named: this is S3's own endpoint, which serves ListBuckets and has no CORS rules. Rules belong to a bucket."
            .to_owned()
    } else {
        format!("{} is a management endpoint of AWS, and this service answers no browser.", case.ask.url.host_str().unwrap_or_default())
    };
    let fix = Fix::new(
        "do-it-server-side",
        "make this call in a backend",
        "A function with the permission makes the call and gives the page only what it needs. Where an object is meant, put the bucket's name into the URL.",
    );
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}
