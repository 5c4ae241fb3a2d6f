//! Amazon S3: one file a code. What they share is in `common`.

pub(super) mod common;

mod accelerate_off;
mod access_denied;
mod acl_not_supported;
mod bucket_not_found;
mod checksum_mismatch;
mod clock_skew;
mod cors_header_no_match;
mod cors_method_no_match;
mod cors_method_unsupported;
mod cors_no_match;
mod cors_not_configured;
mod cors_origin_no_match;
mod cors_rule_split;
mod entity_too_large;
mod etag_not_exposed;
mod express_no_cors;
mod invalid_access_key;
mod kms_needs_sigv4;
mod location_constraint;
mod method_not_allowed;
mod new_bucket_dns;
mod object_lock;
mod origin_stripped;
mod permanent_redirect;
mod post_not_multipart;
mod post_policy_failed;
mod post_size;
mod presign_expired;
mod presign_host_resign_needed;
mod presign_invalid_params;
mod presign_not_yet_valid;
mod presign_region_mismatch;
mod presign_signature_mismatch;
mod presign_unsigned_headers;
mod presign_v2;
mod slow_down;
mod token_expired;
mod website_method;
mod wrong_region_redirect;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[
    &accelerate_off::RULE,
    &access_denied::RULE,
    &acl_not_supported::RULE,
    &bucket_not_found::RULE,
    &checksum_mismatch::RULE,
    &clock_skew::RULE,
    &cors_header_no_match::RULE,
    &cors_method_no_match::RULE,
    &cors_method_unsupported::RULE,
    &cors_no_match::RULE,
    &cors_not_configured::RULE,
    &cors_origin_no_match::RULE,
    &cors_rule_split::RULE,
    &entity_too_large::RULE,
    &etag_not_exposed::RULE,
    &express_no_cors::RULE,
    &invalid_access_key::RULE,
    &kms_needs_sigv4::RULE,
    &location_constraint::RULE,
    &method_not_allowed::RULE,
    &new_bucket_dns::RULE,
    &object_lock::RULE,
    &origin_stripped::RULE,
    &permanent_redirect::RULE,
    &post_not_multipart::RULE,
    &post_policy_failed::RULE,
    &post_size::RULE,
    &presign_expired::RULE,
    &presign_host_resign_needed::RULE,
    &presign_invalid_params::RULE,
    &presign_not_yet_valid::RULE,
    &presign_region_mismatch::RULE,
    &presign_signature_mismatch::RULE,
    &presign_unsigned_headers::RULE,
    &presign_v2::RULE,
    &slow_down::RULE,
    &token_expired::RULE,
    &website_method::RULE,
    &wrong_region_redirect::RULE,
];
