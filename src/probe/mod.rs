//! The only part that touches the world: asks, records, and knows no CORS header, no S3, no meaning.
#![allow(clippy::disallowed_methods, reason = "the hosts file is read here, and phases are timed")]

mod body;
mod certificate;
mod clients;
mod connect;
mod dns;
mod drive;
mod fault;
mod http;
mod marks;
mod public;
mod pace;
mod route;
mod sample;
mod tls;
mod upload;
mod wiring;

pub use dns::Family;
pub use drive::{Conduct, Run, inquire, observe};
pub use route::{ConnectTo, Resolve};
pub use sample::{Sampling, sample};
pub use wiring::{Options, Proxies, Wiring};
