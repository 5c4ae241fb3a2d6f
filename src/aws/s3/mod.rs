//! Amazon S3: host names, presigned URLs, error bodies and the CORS rule engine.

pub mod error_body;
pub mod presign;
