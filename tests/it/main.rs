//! The integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may fail")]
#![allow(clippy::format_push_string, clippy::format_collect, reason = "plain to read, and fast enough here")]

mod corpus;
mod alternate;
mod answers;
mod bless;
mod browsers;
mod bucket;
mod catalogue;
#[cfg(feature = "cli")]
mod checks;
#[cfg(feature = "lab")]
mod closed_loop;
mod demo;
#[cfg(feature = "cli")]
mod environment;
#[cfg(feature = "cli")]
mod exporter;
#[cfg(feature = "lab")]
mod fleet;
mod floods;
mod lab;
#[cfg(feature = "lab")]
mod hostile;
#[cfg(feature = "cli")]
mod interrupted;
mod foreseen;
mod forms;
mod layers;
#[cfg(feature = "cli")]
mod lint;
mod matrix;
#[cfg(feature = "lab")]
mod merge;
mod pace;
#[cfg(feature = "lab")]
mod probe;
mod props;
#[cfg(feature = "lab")]
mod resolvers;
mod schema;
mod secrets;
mod security;
#[cfg(feature = "lab")]
mod servers;
mod settled;
#[cfg(feature = "cli")]
mod steered;
#[cfg(feature = "lab")]
mod tls;
mod worlds;

/// The time at which worlds are played: any will do, as long as it is the same.
const NOW: i64 = 1_795_000_000;
