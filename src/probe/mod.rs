//! The probe: gathers evidence, runs the checks on it, and decides.

mod builder;
mod checks;
mod concurrently;
mod conversation;
mod evidence;
mod expected;
mod explanations;
mod gather;
mod hasher;
mod hashing;
mod hashing_pass;
mod host_evidence;
mod identities;
mod image_digests;
mod observed;
mod observed_evidence;
mod peer;
mod pid_file;
mod pid_file_evidence;
mod probe_report;
mod program_evidence;
mod request;
mod requirements;
mod run;
mod run_all;
mod running_image;
mod target_process;
mod timed;
mod user;
mod verdict;

pub use builder::{DEFAULT_ENDPOINT_PROBE_TIMEOUT, Probe};
pub(crate) use expected::Expected;
pub use image_digests::{DEFAULT_HASH_TIMEOUT, ImageDigests};
pub(crate) use peer::serves;
pub use probe_report::ProbeReport;
pub(crate) use probe_report::RecordFile;
