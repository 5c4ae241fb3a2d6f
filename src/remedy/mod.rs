//! What to change, as data: fixes with snippets ready to paste, in the form the user deploys. One file a platform.

pub(crate) mod apigw;
pub mod client;
pub mod clients;
pub(crate) mod cloudfront;
pub mod command;
mod fix;
mod grant;
pub(crate) mod granted;
pub(crate) mod lambda_url;
pub(crate) mod nginx;
pub mod s3_cors;
pub mod sdk_headers;
pub mod server;
mod terraform;

pub use fix::{By, Check, Fix, Snippet, Words};
pub(crate) use grant::Grant;
