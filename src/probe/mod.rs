//! The probe: gather evidence, run every check on it, decide.

mod builder;
mod checks;
mod evidence;
mod gather;
mod peer;
pub mod report;
mod request;
mod summary;
mod verdict;

pub use builder::{DEFAULT_ENDPOINT_PROBE_TIMEOUT, Probe, ProbeReport};
