//! The report: a plain view of a conclusion, and one file a form of output. Never decides.

mod baseline;
mod batch;
mod bucket;
#[cfg(feature = "cli")]
pub mod checklist;
#[cfg(feature = "cli")]
pub mod docs;
#[cfg(feature = "cli")]
pub mod endpoints;
pub mod escape;
pub mod github;
pub mod html;
#[cfg(feature = "cli")]
pub mod human;
pub mod json;
pub mod junit;
pub mod lint;
pub mod markdown;
mod model;
mod redact;
pub mod prometheus;
pub mod samples;
pub mod sarif;
pub mod schema;
#[cfg(test)]
pub(crate) mod testing;
mod vantage;
#[cfg(feature = "cli")]
mod signature;
mod words;

pub use baseline::{Change, Known};
pub use batch::{Batch, Checked, Entry, Location, Summary};
pub use bucket::Bucket;
pub use model::{Reading, Report, SCHEMA_VERSION, Tool};
pub use vantage::Vantage;
pub use words::first_line;
pub(crate) use words::inconclusive;
#[cfg(feature = "cli")]
pub(crate) use words::wrapping;
