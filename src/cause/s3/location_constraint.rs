//! 400 for a bucket of a newer region.

use super::common::region::{Form, astray};
use crate::cause::{Case, Finding};

cause! {
    /// # What happened
    /// The request reached S3 in another region than the bucket's, and one of the two was launched after March 2019. Such
    /// regions do not redirect: S3 answers 400 `IllegalLocationConstraintException`.
    /// # Why the browser hides it
    /// A preflight needs a status of 200 to 299; the 400 has no CORS headers, so the page sees a CORS error, never the
    /// message.
    /// # How to tell
    /// The message names the bucket's region: "The af-south-1 location constraint is incompatible for the region specific
    /// endpoint this request was sent to." The word `unspecified` in its place means us-east-1. The same preflight sent to
    /// that region's host passes.
    /// # Fix
    /// Use `BUCKET.s3.REGION.amazonaws.com`; the region-less host never serves these regions. Presigned links have to be
    /// signed again for that region.
    /// # Sources
    /// - S3 User Guide, "Request redirection and the REST API": regions launched after March 20, 2019 answer 400
    ///   (documented)
    /// - github.com/iterate-ch/cyberduck issue 17301, github.com/s3fs-fuse/s3fs-fuse issue 1712: the message (reported)
    "s3-location-constraint": "the bucket's region does not answer at this endpoint", Cause, Exact, S3,
    supersedes: ["preflight-bad-status"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let astray = astray(case).filter(|a| a.form == Form::Refused)?;
    let asked = match case.target.region.as_deref() {
        Some(region) => format!("the endpoint of {region}"),
        None => "the region-less endpoint".to_owned(),
    };
    let opening = format!("S3 answered {}: {asked} does not serve the region of this bucket.", astray.status());
    Some(astray.finding(case, &opening))
}
