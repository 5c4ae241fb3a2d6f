//! The report: a plain view of a conclusion, and one file a form of output. Never decides.

#[cfg(feature = "cli")]
pub mod docs;
pub mod escape;
#[cfg(feature = "cli")]
pub mod human;
mod model;
mod redact;
pub mod schema;

pub use model::{Reading, Report, SCHEMA_VERSION, Tool};
