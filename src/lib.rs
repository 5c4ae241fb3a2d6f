//! Says why a browser blocks a cross-origin request.
//!
//! Data flows one way: an [`ask::Ask`] becomes requests, their answers become [`evidence::Evidence`], the Fetch
//! standard makes a [`verdict::Verdict`] of it, the rules in [`cause`] name the real cause, and [`report`] tells it.
//! Everything above the line below is pure: no socket, file, clock, environment or printing.

// ── pure, lowest first: a module imports only from those above it ──
pub mod web;
pub mod aws;
pub mod ask;
pub mod evidence;
pub mod verdict;
pub mod layer;
pub mod remedy;
pub mod suggest;
pub mod cause;
pub mod lint;
pub mod diagnose;
pub mod inquiry;
pub mod allow_map;
pub mod report;
pub mod intake;
pub mod suite;
pub mod world;

// ── the world: everything below may do I/O ──
#[cfg(feature = "net")]
pub mod probe;
#[cfg(feature = "lab")]
pub mod lab;
#[cfg(feature = "net")]
pub mod batch;
#[cfg(feature = "cli")]
pub mod exporter;
#[cfg(feature = "cli")]
pub mod cli;
