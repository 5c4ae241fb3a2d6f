//! What to change, as data: fixes with snippets ready to paste, in the form the user deploys. One file a platform.

pub mod sdk_headers;
