//! The integration tests, one binary.

mod worlds;
