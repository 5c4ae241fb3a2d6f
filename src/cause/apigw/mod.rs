//! API Gateway and Lambda function URLs.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
