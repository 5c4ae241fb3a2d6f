//! The CORS configuration of a bucket: read from the forms that people keep it in, and evaluated as S3 evaluates it.

mod cloudformation;
pub mod config;
mod document;
pub mod engine;
mod hint;
mod json;
mod node;
mod terraform;
mod terraform_json;
mod xml;
mod yaml;

pub use document::read;
pub use hint::{Never, never_an_origin};
