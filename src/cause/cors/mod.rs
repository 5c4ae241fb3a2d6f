//! The CORS protocol, any server.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
