//! Words of the web: origins, methods, header names and lists, as the standards define them. Knows no CORS verdict.

pub mod address;
pub mod origin;
pub mod percent;

pub use origin::{Origin, OriginError};
