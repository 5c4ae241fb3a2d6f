//! A bucket name with dots in front of an S3 host name over https.

use url::Url;

use super::Broken;
use super::tls_hostname_mismatch::listed;
use crate::aws::{self, region, s3};
use crate::cause::s3::common::elsewhere::Elsewhere;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{FailureKind, Probe, Purpose};

cause! {
    /// # What happened
    /// The bucket's name contains a dot and stands in the host name. The certificate of S3 covers one label
    /// (`*.s3.REGION.amazonaws.com`), so over https no such host name fits it.
    /// # Why the browser hides it
    /// For a page it is the same network error as a CORS failure; the bucket's CORS rules are never asked.
    /// # How to tell
    /// The certificate's names do not match, the host is an S3 one, and the bucket part has a dot. The same bucket in the path works.
    /// # Fix
    /// Put the bucket in the path (`https://s3.REGION.amazonaws.com/BUCKET/KEY`), serve it through CloudFront, or use a bucket without
    /// dots.
    /// # Sources
    /// - Virtual hosting: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    /// - Naming rules: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
    "s3-dotted-bucket-tls": "S3's certificate does not cover a bucket name with dots", Cause, Exact, S3,
    supersedes: ["tls-hostname-mismatch"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TlsHostnameMismatch)?;
    let at = s3::S3Location::parse(&broken.url)?;
    let bucket = at.bucket.as_deref().filter(|bucket| at.virtual_hosted && bucket.contains('.'))?;
    let path_style = s3::path_style(&s3::presign::without_signature(&broken.url))?;
    let step = case.preflight_step(Purpose::FixVerification, |ask| ask.url = path_style.clone());
    let settled = case.answer(&step).filter(|probe| probe.response.is_some());
    // Asked by the other name, S3 may say that the bucket is in another region: then that is the host to use.
    let region = settled.and_then(|probe| region_told(case, probe)).filter(|region| at.region() != Some(region.as_str()));
    let path_style = region.as_deref().and_then(|region| s3::regional_url(&path_style, region)).unwrap_or(path_style);
    let step = case.preflight_step(Purpose::FixVerification, |ask| ask.url = path_style.clone());
    let elsewhere = Elsewhere::of(case, &path_style, case.answer(&step));
    let names = broken.probe.tls.as_ref().map(listed).filter(|names| !names.is_empty());
    let shown = names.map_or_else(|| "does not name it".into(), |names| format!("is for {names}"));
    let mut address = path_style.clone();
    address.set_query(None);
    let finding = broken.finding(
        &format!("TLS with {}", broken.place),
        format!(
            "The bucket {bucket} has a dot in its name, so {} has one label too many for S3's certificate, which {shown}. The browser \
             hangs up before the bucket's CORS rules are ever asked. With the bucket in the path the certificate fits.{}{}",
            broken.host,
            region.as_deref().map(|region| format!(" The bucket is in {region}, which the host has to name.")).unwrap_or_default(),
            elsewhere.outcome()
        ),
    );
    let finding = match settled {
        Some(probe) => finding.cite(probe, format!("{address} is reached over TLS")).confidence(Confidence::Confirmed),
        None => finding,
    };
    let fix = Fix::new(
        "use-path-style",
        "put the bucket in the path",
        "Use the bucket's own region in the host. A presigned URL has to be signed anew in this form.",
    )
    .snippet("text", "endpoint for the page", address.to_string())
    .snippet("javascript", "AWS SDK for JavaScript v3", "new S3Client({ region, forcePathStyle: true });")
    .snippet("python", "boto3", "Config(s3={\"addressing_style\": \"path\"})")
    .proven_by(step);
    Some(elsewhere.add_to(case, finding.fix(fix)).fix(Fix::new(
        "use-undotted-bucket",
        "move to a bucket without dots, or put CloudFront in front",
        "Acceleration needs a name without dots as well.",
    )))
}

/// The region that S3 names when the bucket is elsewhere: in a header, or as the host of the endpoint.
fn region_told(case: &Case<'_>, probe: &Probe) -> Option<String> {
    let response = probe.response.as_ref()?;
    let endpoint = || {
        let target = aws::target(&Url::parse(&format!("https://{}/", case.s3_error(probe)?.get("Endpoint")?)).ok()?);
        (target.kind == "s3").then(|| target.region.unwrap_or_else(|| "us-east-1".to_owned()))
    };
    let told = response.header("x-amz-bucket-region").map(str::to_owned).or_else(endpoint)?;
    region::find(&told).map(|region| region.name.to_owned())
}
