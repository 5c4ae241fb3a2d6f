//! Before any HTTP: what a browser does not send, names, connections, TLS.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
