//! A redirect to the bucket's own region.

use super::common::region::{Form, astray};
use super::new_bucket_dns;
use crate::cause::{Case, Finding};
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// The request reached S3 in another region than the bucket's, and S3 answered with a redirect to the right endpoint:
    /// 307 `TemporaryRedirect`, with the regional host in `Location`. It happens on the region-less host
    /// `BUCKET.s3.amazonaws.com` while the name does not lead to the bucket's region.
    /// # Why the browser hides it
    /// A browser does not follow a redirect of a preflight, and the 307 carries no CORS headers. The console speaks of a
    /// disallowed redirect or of a missing Access-Control-Allow-Origin, so the bucket's CORS rules get the blame. They are
    /// never looked at: the request did not reach the bucket. `curl -L` and server-side SDKs follow the redirect and see
    /// nothing.
    /// # How to tell
    /// Status 307 with `Code` `TemporaryRedirect`; `Location`, `<Endpoint>` and `x-amz-bucket-region` name the region. The
    /// same preflight sent to the regional host passes.
    /// # Fix
    /// Address the bucket at `BUCKET.s3.REGION.amazonaws.com`: give the SDK client the bucket's region, or write the
    /// regional host into the link. A presigned link has to be signed again, since the signature covers the host.
    /// # Sources
    /// - S3 User Guide, "Request redirection and the REST API" (documented)
    /// - localstack `test_s3.py` and its snapshots: 307 from us-west-2 (recorded against AWS)
    /// - bsdec2-image-upload, issue 11: the whole 307 (reported)
    "s3-wrong-region-redirect": "S3 redirected the request to the bucket's own region", Cause, Exact, S3,
    supersedes: ["preflight-redirect", "preflight-bad-status"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let astray = astray(case).filter(|a| a.form == Form::Redirected)?;
    if new_bucket_dns::name_should_lead_there(case, &astray) {
        return None;
    }
    let stops = match case.verdict.stage {
        Stage::Preflight => "Browsers follow no redirect of a preflight.",
        _ => "The redirect carries no CORS headers, so the browser stops at it.",
    };
    let opening = format!(
        "S3 answered {} with a redirect instead of looking at the bucket: the bucket lives in another region. {stops}",
        astray.response.status
    );
    let fresh = "a bucket created in the last hours: the same name then works by itself a day later";
    Some(astray.finding(case, &opening).or_else("s3-new-bucket-dns", fresh))
}
