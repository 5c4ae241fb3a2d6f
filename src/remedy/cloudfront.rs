//! Changes to CloudFront distributions.
//!
//! Sources: CloudFront guide, "Use managed origin request policies", "Use managed response headers policies", "Configure
//! CloudFront to respect CORS settings", "Distribution settings reference".

use super::Fix;

/// Let a behaviour pass OPTIONS and methods that write.
pub(crate) fn allowed_methods(path: &str) -> Fix {
    let detail = format!(
        "Console: CloudFront, the distribution, Behaviors, the behaviour that matches {path}, Allowed HTTP methods: \
        GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE. A change takes some minutes to reach every edge."
    );
    Fix::new("allow-methods-in-behaviour", "allow OPTIONS and the page's method in the behaviour", detail)
        .snippet("typescript", "CDK", "defaultBehavior: { origin, allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL },")
        .snippet("hcl", "Terraform", "allowed_methods = [\"DELETE\", \"GET\", \"HEAD\", \"OPTIONS\", \"PATCH\", \"POST\", \"PUT\"]\ncached_methods  = [\"GET\", \"HEAD\", \"OPTIONS\"]")
        .snippet("yaml", "CloudFormation", "AllowedMethods: [DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT]\nCachedMethods: [GET, HEAD, OPTIONS]")
}

/// Let the origin see who asks, and keep the answers apart in the cache.
pub(crate) fn forward_origin() -> Fix {
    let detail = "Attach the managed origin request policy CORS-S3Origin (Origin and both Access-Control-Request headers; CORS-CustomOrigin \
        sends only Origin) and a cache policy whose key holds Origin, so that an answer for one site is never given to another. Then \
        invalidate what was cached. Where every site may read, the managed response headers policy SimpleCORS adds \
        Access-Control-Allow-Origin: * at the edge and needs neither.";
    Fix::new("forward-origin-and-vary", "send Origin on to the origin and cache by it", detail)
        .snippet("typescript", "CDK", FORWARD_CDK)
        .snippet("hcl", "Terraform", FORWARD_TERRAFORM)
        .snippet("shell", "AWS CLI", "aws cloudfront create-invalidation --distribution-id DISTRIBUTION --paths '/*'")
}

/// Do not send the viewer's Host on to an origin that is addressed by its own.
pub(crate) fn keep_host() -> Fix {
    let detail = "API Gateway and function URLs find the API by the Host header. Attach the managed origin request policy \
        AllViewerExceptHostHeader instead of AllViewer; with an own policy take Host out of the list.";
    Fix::new("do-not-forward-host", "use the origin request policy AllViewerExceptHostHeader", detail)
        .snippet("typescript", "CDK", "originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,")
        .snippet(
            "hcl",
            "Terraform",
            "data \"aws_cloudfront_origin_request_policy\" \"no_host\" {\n  name = \"Managed-AllViewerExceptHostHeader\"\n}",
        )
}

const FORWARD_CDK: &str = r#"defaultBehavior: {
  origin,
  originRequestPolicy: cloudfront.OriginRequestPolicy.CORS_S3_ORIGIN,
  cachePolicy: new cloudfront.CachePolicy(this, "ByOrigin", {
    headerBehavior: cloudfront.CacheHeaderBehavior.allowList(
      "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"),
  }),
},"#;

const FORWARD_TERRAFORM: &str = r#"data "aws_cloudfront_origin_request_policy" "cors" {
  name = "Managed-CORS-S3Origin"
}
resource "aws_cloudfront_cache_policy" "by_origin" {
  name        = "by-origin"
  default_ttl = 86400
  max_ttl     = 31536000
  min_ttl     = 0
  parameters_in_cache_key_and_forwarded_to_origin {
    headers_config {
      header_behavior = "whitelist"
      headers { items = ["Origin"] }
    }
    cookies_config { cookie_behavior = "none" }
    query_strings_config { query_string_behavior = "none" }
  }
}"#;
