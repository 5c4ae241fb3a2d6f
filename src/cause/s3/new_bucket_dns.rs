//! A fresh bucket whose name does not lead to its region everywhere yet.

use super::common::answered;
use super::common::region::{Astray, Form, astray};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The bucket and the form of the URL are right, but the bucket is young: `BUCKET.s3.amazonaws.com` leads to us-east-1
    /// until its DNS entry has moved, and S3 answers 307 `TemporaryRedirect` meanwhile. It heals by itself within hours.
    /// # Why the browser hides it
    /// A redirected preflight is an error, and the page gets no status. Meanwhile the same link works for people whose
    /// resolver already has the new entry.
    /// # How to tell
    /// The 307 comes although DNS names the bucket's region, or a HEAD request on the same host is not redirected; an
    /// accelerate host that redirects is the same. The regional host works at once.
    /// # Fix
    /// Use the regional host from the beginning, or wait. Changing CORS rules does nothing.
    /// # Sources
    /// - S3 User Guide, "Request redirection and the REST API": DNS of new buckets (documented)
    /// - github.com/boto/boto3 issue 421; github.com/axios/axios issue 1268: accelerate, fresh bucket (reported)
    "s3-new-bucket-dns": "the bucket is new and its name does not lead to its region yet", Cause, Exact, S3,
    supersedes: ["preflight-redirect", "preflight-bad-status"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let astray = astray(case).filter(|a| a.form == Form::Redirected && name_should_lead_there(case, a))?;
    let opening = "S3 redirected the request although the name should already lead to the bucket's region: the bucket is new, and \
        not every name server and front end knows it yet.";
    let wait = Fix::new(
        "wait-for-dns",
        "wait",
        "The region-less and accelerate names of a new bucket settle within hours, at the latest in a day.",
    );
    Some(astray.finding(case, opening).fix(wait).rule_out("s3-cors-not-configured", "the redirect comes before any CORS rule is read"))
}

/// Whether this redirect can only be a matter of time: DNS names the bucket's region, the host answers for the bucket by
/// now, or the host is one that serves every region.
pub(super) fn name_should_lead_there(case: &Case<'_>, astray: &Astray<'_>) -> bool {
    match case.target.endpoint.as_deref() {
        Some("accelerate" | "dualstack-accelerate") => true,
        Some("global-virtual-hosted") => {
            let region = astray.region.as_deref().unwrap_or_default();
            region != "us-east-1" && (dns_names(astray, region) || host_answers_by_now(case))
        }
        _ => false,
    }
}

fn dns_names(astray: &Astray<'_>, region: &str) -> bool {
    let chain = astray.probe.dns.iter().flat_map(|dns| &dns.chain);
    !region.is_empty() && chain.into_iter().any(|name| name.contains(region))
}

fn host_answers_by_now(case: &Case<'_>) -> bool {
    let host = case.ask.url.host_str();
    let same = |url: &str| url::Url::parse(url).is_ok_and(|url| url.host_str() == host);
    let heads = case.follow_ups().filter(|p| p.request.method == "HEAD" && same(&p.request.url) && answered(case, p));
    heads.filter_map(|p| p.response.as_ref()).any(|r| matches!(r.status, 200 | 403))
}
