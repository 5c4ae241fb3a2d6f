//! 301 for a bucket of another region.

use super::common::region::{Form, astray};
use crate::cause::{Case, Finding};

cause! {
    /// # What happened
    /// The URL names one region's endpoint, or the region-less `s3.amazonaws.com` with the bucket in the path, and the
    /// bucket is in another region. S3 answers 301 `PermanentRedirect`, usually without a `Location`.
    /// # Why the browser hides it
    /// The 301 carries no CORS headers, and without `Location` it is not even shown as a redirect: the console only says
    /// that Access-Control-Allow-Origin is missing. Page scripts see neither the status nor the XML that names the
    /// endpoint.
    /// # How to tell
    /// Status 301 with `Code` `PermanentRedirect`. The region stands in `x-amz-bucket-region`, in `<Endpoint>`, or in the
    /// `x-amz-bucket-region` of a HEAD request on the bucket, which needs no credentials.
    /// # Fix
    /// Give the client the bucket's region, or write `BUCKET.s3.REGION.amazonaws.com` into the link. Presigned links have
    /// to be signed again for that region.
    /// # Sources
    /// - S3 User Guide, "Request redirection and the REST API" and "Virtual hosting of buckets" (documented)
    /// - localstack `test_s3.py`: 301 for a regional host of the wrong region (recorded against AWS)
    /// - github.com/TTLabs/EvaporateJS issue 152: 301 to OPTIONS, no `Location` (reported)
    "s3-permanent-redirect": "the bucket is in another region than the URL names", Cause, Exact, S3,
    supersedes: ["preflight-redirect", "preflight-bad-status", "missing-allow-origin"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let astray = astray(case).filter(|a| a.form == Form::Moved)?;
    let named = match case.target.region.as_deref() {
        Some(region) => format!("the URL asks for it in {region}"),
        None => "the URL names no region".to_owned(),
    };
    let opening = format!("S3 answered {}: the bucket is not where the request went ({named}).", astray.status());
    Some(astray.finding(case, &opening))
}
