//! Words of the web: origins, methods, header names and lists, as the standards define them. Knows no CORS verdict.

pub mod glob;
pub mod header;
pub mod http_date;
pub mod list;
pub mod max_age;
pub mod method;
pub mod origin;
pub mod percent;
pub mod placeholder;
pub mod site;

pub use origin::{Origin, OriginError};
