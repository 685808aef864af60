//! The files of `docs/fleets.md`, checked by the programs that read them, and run.

mod ansible;
mod icinga;
mod kubernetes;
mod prometheus;

const PAGE: &str = include_str!("../../../docs/fleets.md");
