//! The peer of the SHA-256 generation.

#[cfg_attr(windows, path = "../windows_peer.rs")]
#[cfg_attr(unix, path = "../peer.rs")]
mod peer;

use std::process::ExitCode;

fn main() -> ExitCode {
    peer::main(|_, _| None)
}
