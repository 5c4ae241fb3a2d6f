//! The report: a plain view of a conclusion, and one file a form of output. Never decides.

mod model;

pub use model::{Report, SCHEMA_VERSION, Tool};
