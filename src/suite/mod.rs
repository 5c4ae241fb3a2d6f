//! Expectations: files of checks, fleets of asks, and whether a report meets what was expected. Reads no file, sends nothing.

mod defaults;
mod expect;
mod fleet;
mod mistake;
mod modules;
mod parse;
mod shard;
mod table;
mod values;

pub use defaults::{Defaults, defaults};
pub use expect::{Expect, Limits, Met, Want};
pub use fleet::{FleetAsk, fleet_line};
pub use mistake::Mistake;
pub use modules::{Module, Modules, modules};
pub use parse::parse;
#[cfg(feature = "cli")]
pub(crate) use parse::{OWN, SHARED};
pub use shard::Shard;

pub use crate::report::Location;

use crate::ask::Ask;

/// One expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The caller's name for it, kept in the report.
    pub id: Option<String>,
    /// Its name; a plural key adds what it multiplied.
    pub name: String,
    /// What is asked.
    pub ask: Ask,
    /// What must come of it; nothing for a fleet entry without `expect`.
    pub expect: Option<Expect>,
    /// Seconds for each probe, where the file says so.
    pub timeout: Option<f64>,
    /// Where it stands.
    pub at: Location,
}
