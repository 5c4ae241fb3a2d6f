//! CloudFront, WAF, load balancers, other clouds and stores.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
