//! Amazon S3: host names, presigned URLs, error bodies and the CORS rule engine.

pub mod cors;
pub mod endpoint;
pub mod error_body;

pub mod forms;
mod host;
mod location;
pub mod post_form;
pub mod post_policy;
pub mod presign;
mod signature;

pub use location::{S3Location, at_endpoint, path_style, regional_url, virtual_hosted};
