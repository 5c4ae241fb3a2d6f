//! Amazon S3.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
