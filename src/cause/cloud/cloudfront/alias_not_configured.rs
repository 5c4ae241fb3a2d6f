//! `cloudfront-alias-not-configured`.

use super::{page, page_finding};
use crate::aws::s3::presign::without_signature;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The name leads to CloudFront, but no distribution lists it among its alternate domain names, or its certificate is pending.
    /// # Why the browser hides it
    /// CloudFront's own 403 page has no CORS headers.
    /// # How to tell
    /// `server: CloudFront` and a page that says "Bad request." on a name of your own. A GET that carries a body gives the same page.
    /// # Fix
    /// Add the name to the distribution's alternate domain names, with a certificate for it in us-east-1.
    /// # Sources
    /// CloudFront guide, "Use custom URLs by adding alternate domain names" (documented); captures of the page (reported).
    "cloudfront-alias-not-configured": "no CloudFront distribution lists this name", Cause, Specific, Cloudfront
}

fn find(case: &Case<'_>) -> Option<Finding> {
    const SENTENCE: &str = "Bad request.";
    let answer = page(case, SENTENCE).filter(|_| case.target.kind != "cloudfront")?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let text = format!(
        "DNS leads {host} to CloudFront, but no distribution has it among its alternate domain names, or its certificate is not issued yet."
    );
    let fix = Fix::new(
        "add-alternate-domain-name",
        format!("add {host} to the distribution's alternate domain names"),
        "Console: CloudFront, the distribution, General, Settings, Edit. The certificate must cover the name and lie in us-east-1.",
    )
    .snippet("hcl", "Terraform", format!("aliases = [\"{host}\"]"));
    let finding = page_finding(case, &answer, SENTENCE, &text);
    if case.ask.url.scheme() == "http" {
        let other = "a behaviour that takes https only answers http with 403 as well; the same URL with https tells";
        return Some(finding.confidence(Confidence::Possible).or_else("cloudfront-https-redirect", other).fix(over_https(case)).fix(fix));
    }
    let finding = finding.fix(fix);
    let doubtful = !answer.preflight && case.ask.body_bytes.is_some();
    Some(if doubtful { finding.confidence(Confidence::Possible) } else { finding })
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html>
fn over_https(case: &Case<'_>) -> Fix {
    let mut https = case.ask.url.clone();
    let fix = Fix::new("use-https", "write https into the page's URL", "");
    match https.set_scheme("https") {
        Ok(()) => fix.snippet("text", "the URL", without_signature(&https).to_string()).proven_by(case.proof_step(|ask| ask.url = https)),
        Err(()) => fix,
    }
}
