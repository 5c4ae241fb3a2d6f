//! CloudFront, WAF, load balancers, other clouds and stores.

mod alb;
mod amplify_hosting_no_preflight;
mod apim_cors_no_match;
mod appsync_waf_blocked;
mod aws_service_no_cors;
mod azure_blob_cors_no_match;
mod cloudflare_challenge;
mod cloudfront;
mod cloudrun_iam_blocks_preflight;
mod cognito_endpoint_no_cors;
mod gcs_cors_no_match;
mod nginx_add_header_always;
mod r2_cors_not_configured;
mod s3_compatible_cors_no_match;
mod waf_captcha;
mod waf_challenge;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[
    &alb::auth_on_options::RULE,
    &alb::bad_gateway::RULE,
    &alb::fixed_response::RULE,
    &alb::gateway_timeout::RULE,
    &alb::no_target::RULE,
    &alb::waf_blocked::RULE,
    &amplify_hosting_no_preflight::RULE,
    &apim_cors_no_match::RULE,
    &appsync_waf_blocked::RULE,
    &aws_service_no_cors::RULE,
    &azure_blob_cors_no_match::RULE,
    &cloudflare_challenge::RULE,
    &cloudfront::alias_not_configured::RULE,
    &cloudfront::cached_without_vary::RULE,
    &cloudfront::error_page_masking::RULE,
    &cloudfront::function_response::RULE,
    &cloudfront::geo_blocked::RULE,
    &cloudfront::host_header_forwarded::RULE,
    &cloudfront::https_redirect::RULE,
    &cloudfront::method_not_allowed::RULE,
    &cloudfront::origin_header_not_forwarded::RULE,
    &cloudfront::origin_unreachable::RULE,
    &cloudfront::s3_access_denied::RULE,
    &cloudfront::sni_host_mismatch::RULE,
    &cloudfront::waf_blocked::RULE,
    &cloudrun_iam_blocks_preflight::RULE,
    &cognito_endpoint_no_cors::RULE,
    &gcs_cors_no_match::RULE,
    &nginx_add_header_always::RULE,
    &r2_cors_not_configured::RULE,
    &s3_compatible_cors_no_match::RULE,
    &waf_captcha::RULE,
    &waf_challenge::RULE,
];
