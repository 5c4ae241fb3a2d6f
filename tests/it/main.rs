//! The integration tests, one binary.

mod bless;
mod catalogue;
mod lab;
mod layers;
mod matrix;
mod schema;
mod secrets;
mod worlds;

/// The time at which worlds are played: any will do, as long as it is the same.
const NOW: i64 = 1_795_000_000;
