//! The peer of the SHA-256 generation.

#[path = "../peer.rs"]
mod peer;

use std::process::ExitCode;

fn main() -> ExitCode {
    peer::main(|_, _| None)
}
