//! A daemon and a client made with `running-process` for Windows; each release compiles this
//! file into a program of its own.
//!
//! The commands are those of `peer.rs` as far as they are needed. A daemon serves a pipe,
//! and writes to each handle whose value it is told on its standard input.

#![expect(
    unsafe_code,
    reason = "a handle of another process arrives as a number"
)]

use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::os::windows::io::{AsRawHandle, FromRawHandle};
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{GenericNamespaced, Listener, ListenerOptions};
use prost::Message;
use running_process::broker::backend_handle::{BackendHandle, DaemonProcess};
use running_process::broker::backend_lifecycle::identity::IdentityError;
use running_process::broker::backend_lifecycle::probe::handle_endpoint_probe;
use running_process::broker::backend_sdk::{
    try_read_daemon_identity_file, write_daemon_identity_file,
};
use running_process::broker::protocol::Endpoint;
use running_process::broker::server::handoff::{HandoffToken, WindowsHandleValue};

/// What a command prints, or why it refused.
pub type Answer = Result<String, Box<dyn Error>>;

/// Carry out the command on the command line; `more` are the commands of this
/// release alone.
pub fn main(more: fn(&str, &Path) -> Option<Answer>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, path] = arguments.as_slice() else {
        panic!("usage: peer COMMAND PATH");
    };
    let path = Path::new(path);
    let (said, code) = match more(command, path).unwrap_or_else(|| answer(command, path)) {
        Ok(found) => (found, ExitCode::SUCCESS),
        Err(refusal) => (refusal.to_string(), ExitCode::FAILURE),
    };
    let _ = writeln!(std::io::stdout(), "{said}");
    code
}

fn answer(command: &str, path: &Path) -> Answer {
    match command {
        "daemon" => daemon(path, DaemonProcess::current_process),
        "verify-sidecar" => Ok(verified(path)?.daemon_process.pid.to_string()),
        "kill" => {
            verified(path)?.force_kill()?;
            Ok("killed".to_owned())
        }
        "give" => give(path),
        _ => panic!("there is no command {command}"),
    }
}

/// Serve identity challenges as what `introduce` says of this process.
pub fn daemon(
    home: &Path,
    introduce: impl FnOnce(Endpoint, Option<u32>) -> Result<DaemonProcess, IdentityError>,
) -> Answer {
    let pipe = format!("rpctl-peer-{}", std::process::id());
    let name = pipe.as_str().to_ns_name::<GenericNamespaced>()?;
    let listener = ListenerOptions::new().name(name).create_sync()?;
    let endpoint = Endpoint {
        namespace_id: "interop".to_owned(),
        path: pipe,
    };
    let identity = introduce(endpoint, Some(600))?;
    let sidecar = home.join("daemon-identity.json");
    write_daemon_identity_file(&sidecar, &identity)?;
    announce("sidecar", &sidecar);
    let bare = home.join("identity.pb");
    std::fs::write(&bare, identity.to_proto().encode_to_vec())?;
    announce("bare", &bare);
    thread::spawn(move || answer_challenges(&listener, &identity));
    serve_until_told()
}

fn answer_challenges(listener: &Listener, identity: &DaemonProcess) {
    for mut client in listener.incoming().flatten() {
        // A client that leaves early is no concern of the next one.
        let _ = handle_endpoint_probe(&mut client, identity);
    }
}

/// Say that a record is in place.
pub fn announce(name: &str, path: &Path) {
    println!("{name} {}", path.display());
}

/// Say that everything is in place, and write to the handles that are given until the end of
/// standard input.
pub fn serve_until_told() -> Answer {
    println!("ready");
    for line in std::io::stdin().lines() {
        let handle = std::ptr::without_provenance_mut(line?.parse()?);
        // SAFETY: the test has given this process the handle.
        unsafe { File::from_raw_handle(handle) }.write_all(b"adopted")?;
    }
    Ok("stopped".to_owned())
}

/// Verifies a daemon. The crate gives it half a second for its answer, which is too short on a
/// busy machine.
fn verified(sidecar: &Path) -> Result<BackendHandle, Box<dyn Error>> {
    const ATTEMPTS: usize = 60;
    let identity = try_read_daemon_identity_file(sidecar)?.ok_or("there is no such sidecar")?;
    let probe = || {
        let endpoint = &identity.ipc_endpoint;
        BackendHandle::probe_with_service("interop", "1.2.3", endpoint, &identity)
    };
    let mut probed = probe();
    for _ in 1..ATTEMPTS {
        match probed {
            Err(error) if error.to_string().contains("timed out") => probed = probe(),
            _ => break,
        }
    }
    Ok(probed?)
}

/// Give a verified daemon the end of a pipe, say its value there, and return what arrives.
fn give(sidecar: &Path) -> Answer {
    let handle = verified(sidecar)?;
    let (mut reader, writer) = std::io::pipe()?;
    let value = WindowsHandleValue::new(writer.as_raw_handle().addr());
    let given = handle.try_duplicate_windows_handoff_handle(value, HandoffToken::generate()?);
    let given = given.map_err(|error| format!("{error:?}"))?;
    drop(writer);
    println!("{}", given.duplicated_handle.get());
    let mut received = String::new();
    reader.read_to_string(&mut received)?;
    Ok(received)
}
