//! The CORS protocol, any server: what an answer says to a browser, and what else is wrong with it.

mod actual_error_without_cors;
mod actual_redirect_cross_origin;
mod actual_response_missing_cors;
mod allow_origin_mismatch;
mod answers_alternate;
mod authorization_not_covered_by_wildcard;
mod blanket_options_handler;
mod blocked_by_client;
mod cached_without_cors;
mod client_shape_blocked;
mod control;
mod fault;
mod filter;
mod header_not_allowed;
mod http_error_readable;
mod https_redirect;
mod invalid_allow_credentials;
mod invalid_allow_headers;
mod invalid_allow_methods;
mod invalid_allow_origin;
mod login_redirect;
mod method_not_allowed;
mod missing_allow_credentials;
mod missing_allow_origin;
mod missing_expose_header;
mod missing_vary_origin;
mod moved;
mod multiple_allow_origin;
mod names;
mod not_an_api;
mod payload_too_large;
mod placeholder_in_url;
mod preflight_auth_required;
mod preflight_bad_status;
mod preflight_forbidden;
mod preflight_not_handled;
mod preflight_rate_limited;
mod preflight_redirect;
mod preflight_server_error;
mod preflight_signature_checked;
mod reflects_any_origin;
mod refusals_carry_no_cors;
mod repeated;
mod sdk_added_header;
mod stale_preflight_cache;
mod status;
mod trailing_slash_redirect;
mod unexplained;
mod wildcard_header_with_credentials;
mod wildcard_method_with_credentials;
mod wildcard_with_credentials;
mod words;

use super::{Case, Rule, quote};
use crate::evidence::Step;
use crate::verdict::Outcome;

pub(super) static RULES: &[&Rule] = &[
    &actual_error_without_cors::RULE,
    &actual_redirect_cross_origin::RULE,
    &actual_response_missing_cors::RULE,
    &allow_origin_mismatch::RULE,
    &answers_alternate::RULE,
    &authorization_not_covered_by_wildcard::RULE,
    &blanket_options_handler::RULE,
    &blocked_by_client::RULE,
    &cached_without_cors::RULE,
    &client_shape_blocked::RULE,
    &header_not_allowed::RULE,
    &http_error_readable::RULE,
    &https_redirect::RULE,
    &invalid_allow_credentials::RULE,
    &invalid_allow_headers::RULE,
    &invalid_allow_methods::RULE,
    &invalid_allow_origin::RULE,
    &login_redirect::RULE,
    &method_not_allowed::RULE,
    &missing_allow_credentials::RULE,
    &missing_allow_origin::RULE,
    &missing_expose_header::RULE,
    &missing_vary_origin::RULE,
    &multiple_allow_origin::RULE,
    &not_an_api::RULE,
    &payload_too_large::RULE,
    &placeholder_in_url::RULE,
    &preflight_auth_required::RULE,
    &preflight_bad_status::RULE,
    &preflight_forbidden::RULE,
    &preflight_not_handled::RULE,
    &preflight_rate_limited::RULE,
    &preflight_redirect::RULE,
    &preflight_server_error::RULE,
    &preflight_signature_checked::RULE,
    &reflects_any_origin::RULE,
    &refusals_carry_no_cors::RULE,
    &sdk_added_header::RULE,
    &stale_preflight_cache::RULE,
    &trailing_slash_redirect::RULE,
    &unexplained::RULE,
    &wildcard_header_with_credentials::RULE,
    &wildcard_method_with_credentials::RULE,
    &wildcard_with_credentials::RULE,
];

/// How a sentence about the answer proper begins.
fn after_preflight(case: &Case<'_>) -> &'static str {
    if case.verdict.preflight == Outcome::Passed { "The preflight passed, but the" } else { "The" }
}

/// The probes on a request that is allowed, or whose preflight passed: few, and only where a finding can come of them.
pub(super) fn controls(case: &Case<'_>) -> Vec<Step> {
    control::due(case)
}

/// The same request again, where the answer looks like one of several that may differ.
pub(super) fn repetitions(case: &Case<'_>, doubted: bool) -> Vec<Step> {
    repeated::steps(case, doubted)
}

/// Causes that a follow-up excludes, whatever it is instead.
pub(super) fn excluded(case: &Case<'_>) -> impl Iterator<Item = (&'static str, String)> {
    let rules = [answers_alternate::ruled_out, cached_without_cors::ruled_out, client_shape_blocked::ruled_out];
    rules.into_iter().filter_map(|rule| rule(case))
}
