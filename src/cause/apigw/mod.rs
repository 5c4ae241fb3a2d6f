//! API Gateway and Lambda function URLs.

mod api_key_required;
mod authorizer_on_options;
mod cors_disabled;
mod cors_header_not_listed;
mod cors_method_not_listed;
mod cors_origin_not_listed;
mod custom_domain_unmapped;
mod fault;
mod forbidden;
mod forbidden_waf;
mod gateway_response_without_cors;
mod iam_on_options;
mod integration_error;
mod lambda_url_cors_not_configured;
mod lambda_url_duplicate_cors;
mod lambda_url_forbidden;
pub(super) mod lambda_url_not_found;
mod missing_route;
mod options_mock_broken;
mod payload_too_large;
mod private_endpoint;
mod public_api_via_vpce;
mod quota_exceeded;
pub(super) mod refusal;
mod resource_policy_denied;
mod stage_missing;
mod throttled;
mod unlisted;
mod unsupported_media_type;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[
    &api_key_required::RULE,
    &authorizer_on_options::RULE,
    &cors_disabled::RULE,
    &cors_header_not_listed::RULE,
    &cors_method_not_listed::RULE,
    &cors_origin_not_listed::RULE,
    &custom_domain_unmapped::RULE,
    &forbidden::RULE,
    &forbidden_waf::RULE,
    &gateway_response_without_cors::RULE,
    &iam_on_options::RULE,
    &integration_error::RULE,
    &lambda_url_cors_not_configured::RULE,
    &lambda_url_duplicate_cors::RULE,
    &lambda_url_forbidden::RULE,
    &lambda_url_not_found::RULE,
    &missing_route::RULE,
    &options_mock_broken::RULE,
    &payload_too_large::RULE,
    &private_endpoint::RULE,
    &public_api_via_vpce::RULE,
    &quota_exceeded::RULE,
    &resource_policy_denied::RULE,
    &stage_missing::RULE,
    &throttled::RULE,
    &unsupported_media_type::RULE,
];
