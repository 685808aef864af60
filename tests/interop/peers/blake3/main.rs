//! The peer of the BLAKE3 generation, with the two kinds of daemon that only this
//! generation has.

#[cfg_attr(windows, path = "../windows_peer.rs")]
#[cfg_attr(unix, path = "../peer.rs")]
mod peer;

use std::path::Path;
use std::process::ExitCode;

use running_process::broker::backend_handle::DaemonProcess;
use running_process::broker::backend_lifecycle::identity::DaemonIdentityHashPolicy;
use running_process::broker::backend_sdk::{ServiceServer, ServiceSpec};

/// A payload protocol for private use; the service is never sent a request.
const PAYLOAD_PROTOCOL: u32 = 0xF001;

fn main() -> ExitCode {
    peer::main(|command, path| match command {
        "daemon-without-sha256" => Some(daemon_without_sha256(path)),
        "service" => Some(service(path)),
        _ => None,
    })
}

/// A daemon that leaves the SHA-256 of the older generation all zero.
fn daemon_without_sha256(home: &Path) -> peer::Answer {
    peer::daemon(home, |endpoint, idle_timeout_secs| {
        let policy = DaemonIdentityHashPolicy::Blake3Only;
        DaemonProcess::current_process_with_hash_policy(endpoint, idle_timeout_secs, policy)
    })
}

/// The server that the crate offers ready-made; it writes its own sidecar.
fn service(home: &Path) -> peer::Answer {
    let spec =
        ServiceSpec::new("interop", "1.2.3", PAYLOAD_PROTOCOL)?.runtime_dir(Some(home.to_owned()));
    let server = ServiceServer::bind(spec)?;
    peer::announce("sidecar", &server.spec().identity_path());
    peer::serve_until_told()
}
