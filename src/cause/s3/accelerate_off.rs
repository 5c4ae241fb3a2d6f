//! The accelerate endpoint of a bucket without acceleration.

use super::common::{refused, region, the_bucket};
use crate::aws::s3::presign::without_signature;
use crate::aws::s3::{path_style, regional_url};
use crate::cause::{Case, Confidence, Finding, Fix, Place};
use crate::evidence::Purpose;

cause! {
    /// # What happened
    /// The URL uses `BUCKET.s3-accelerate.amazonaws.com`, and Transfer Acceleration was never switched on for the bucket,
    /// is suspended, or was switched on less than half an hour ago.
    /// # Why the browser hides it
    /// Every method gets a 400, OPTIONS included, and the 400 has no CORS headers.
    /// # How to tell
    /// 400 `InvalidRequest`, "S3 Transfer Acceleration is not configured on this bucket" or "… is disabled on this bucket".
    /// The same preflight passes at the bucket's usual host.
    /// # Fix
    /// Switch acceleration on (the name must not contain dots), or use the regional host.
    /// # Sources
    /// - github.com/TTLabs/EvaporateJS issue 369: both messages (reported)
    /// - S3 User Guide, "Configuring fast, secure file transfers using Transfer Acceleration" (documented)
    "s3-accelerate-off": "Transfer Acceleration is not switched on for the bucket", Cause, Exact, S3,
    supersedes: ["preflight-bad-status", "http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = refused(case).filter(|r| r.is("InvalidRequest") && r.says("Transfer Acceleration"))?;
    let bucket = the_bucket(case, Some(refusal.error));
    let dotted = case.target.bucket.as_deref().is_some_and(|name| name.contains('.'));
    let never = if dotted { ", nor can it be, as its name has dots" } else { "" };
    let text = format!(
        "The URL uses the accelerate endpoint, and Transfer Acceleration is not on for {bucket}{never}. CORS rules play no part: S3 \
         refuses every method there."
    );
    let finding = Finding::new(text).cite(refusal.probe, refusal.quote()).confidence(Confidence::Confirmed).place(Place::LeadOrBeside);
    let name = case.target.bucket.as_deref().unwrap_or("BUCKET");
    let finding = if dotted { finding } else { finding.fix(switch_on(name)) };
    let Some(url) = usual_url(case) else { return Some(finding) };
    let proof = case.preflight_step(Purpose::FixVerification, |ask| ask.url = url.clone());
    let host = url.host_str().unwrap_or_default();
    let mut shown = url.clone();
    shown.set_query(None);
    let off = Fix::new(
        "use-usual-endpoint",
        format!("use {host}"),
        format!("Without acceleration the URL is {shown}; presigned links have to be signed for it."),
    );
    let finding = region::head_bucket(case, &url).into_iter().fold(finding, Finding::want);
    Some(finding.fix(off.proven_by(proof)))
}

fn switch_on(bucket: &str) -> Fix {
    Fix::new(
        "enable-acceleration",
        "switch Transfer Acceleration on",
        "It takes up to half an hour to reach every edge. Names with dots cannot be accelerated.",
    )
    .snippet(
        "shell",
        "AWS CLI",
        format!("aws s3api put-bucket-accelerate-configuration --bucket {bucket} --accelerate-configuration Status=Enabled"),
    )
}

/// The bucket's region is not in the accelerate name: the region that was found, else the global name, which leads there. No
/// certificate fits a dotted name.
fn usual_url(case: &Case<'_>) -> Option<url::Url> {
    if let Some(region) = region::discovered(case) {
        return region::url_at(case, &region);
    }
    let url = global_url(&case.ask.url)?;
    let dotted = case.target.bucket.as_deref().is_some_and(|name| name.contains('.'));
    if dotted && url.scheme() == "https" { path_style(&url) } else { Some(url) }
}

fn global_url(url: &url::Url) -> Option<url::Url> {
    let regional = without_signature(&regional_url(url, "us-east-1")?);
    let mut url = regional.clone();
    let global = regional.host_str()?.replace(".dualstack.", ".").replace(".s3.us-east-1.", ".s3.");
    url.set_host(Some(&global)).ok()?;
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_region_is_made_up() {
        for host in ["b.s3-accelerate.amazonaws.com", "b.s3-accelerate.dualstack.amazonaws.com"] {
            let url = url::Url::parse(&format!("https://{host}/k")).unwrap();
            assert_eq!(global_url(&url).unwrap().as_str(), "https://b.s3.amazonaws.com/k", "{host}");
        }
    }
}
