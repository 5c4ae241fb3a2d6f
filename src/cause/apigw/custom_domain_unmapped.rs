//! `apigw-custom-domain-unmapped`.

use super::refusal::{self, Origin};
use crate::aws;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The custom domain reaches API Gateway, but no API mapping (base path mapping) leads from this name and path to an API and stage.
    /// # Why the browser hides it
    /// The answer is a 403 `Forbidden` without CORS headers.
    /// # How to tell
    /// Every path under the name says `Forbidden`, even random ones, while the API's own `execute-api` name works. DNS shows
    /// `d-….execute-api.…` behind a regional custom domain.
    /// # Fix
    /// Map the domain to the API and stage: an empty base path for everything, or the path's first segment.
    /// # Sources
    /// API Gateway guide, "Set up custom domain names"; AWS re:Post, "Troubleshoot 403 errors of custom domains" (documented);
    /// Miserlou/Zappa#1248 (reported).
    "apigw-custom-domain-unmapped": "the custom domain has no mapping to an API for this path", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::read(case).filter(|r| r.origin == Origin::Mapping)?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let target = case
        .browser_probes()
        .filter_map(|p| p.dns.as_ref())
        .flat_map(|dns| dns.chain.iter())
        .find(|name| aws::chain_target(std::slice::from_ref(*name)).is_some_and(|t| t.kind == "api-gateway-custom-domain-target"));
    let dns = target.map(|name| format!(" DNS leads it to {name}, so API Gateway knows the domain.")).unwrap_or_default();
    let seen = match &refusal.proof {
        Some(near) if refusal.confidence == Confidence::Confirmed => {
            format!("{} is answered otherwise, so another base path is mapped and {} is not.", near.url.path(), refusal::first(case))
        }
        _ => "Every path that was tried says Forbidden, random ones too.".to_owned(),
    };
    let text = format!("{host} is a custom domain without an API mapping for {}.{dns} {seen}", refusal::first(case));
    let fix = Fix::new("add-base-path-mapping", format!("map {host} to the API and its stage"), "Console: API Gateway, Custom domain names, the domain, API mappings. An empty path maps everything; otherwise the first segments of the path select the mapping and are cut off.")
        .snippet("shell", "AWS CLI", format!("aws apigateway get-base-path-mappings --domain-name {host}\naws apigateway create-base-path-mapping --domain-name {host} --rest-api-id API --stage STAGE --base-path '(none)'"))
        .snippet("hcl", "Terraform", format!("resource \"aws_api_gateway_base_path_mapping\" \"api\" {{\n  domain_name = \"{host}\"\n  api_id      = aws_api_gateway_rest_api.api.id\n  stage_name  = aws_api_gateway_stage.this.stage_name\n}}"));
    let finding = refusal.finding(case, &text).fix(fix);
    Some(if refusal.confidence == Confidence::Confirmed {
        finding
    } else {
        finding
            .or_else("apigw-forbidden-waf", "a web ACL that blocks this address answers every path the same; another network would pass")
            .or_else(
                "cloudfront-host-header-forwarded",
                "a distribution in front that sends the viewer's Host on gives the same answer; the API's own name would work",
            )
    })
}
