//! A daemon and a client made with `running-process`; each release compiles this
//! file into a program of its own.
//!
//! A daemon is told the directory to keep its files in. It prints one line per
//! record, `NAME PATH`, then `ready`, and serves until its standard input is
//! closed. A client is told a file, prints what it found, and exits with 0 when
//! it accepted the file, with 1 when it did not.

mod crate_client;
mod measured_client;
mod pid_reuse;

use std::error::Error;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use prost::Message;
use running_process::broker::backend_handle::{BackendHandle, DaemonProcess};
use running_process::broker::backend_lifecycle::identity::IdentityError;
use running_process::broker::backend_lifecycle::probe::handle_endpoint_probe;
use running_process::broker::backend_sdk::{
    try_read_daemon_identity_file, write_daemon_identity_file,
};
use running_process::broker::builders::CacheManifestBuilder;
use running_process::broker::manifest;
use running_process::broker::protocol::{CacheManifest, CacheRootKind, Endpoint};

/// A daemon's socket in its directory.
const SOCKET: &str = "socket";

/// A daemon's sidecar there, under a name that daemons use.
const SIDECAR: &str = "daemon-identity.json";

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
    // The program that stopped the daemon need not read any more.
    let _ = writeln!(std::io::stdout(), "{said}");
    code
}

fn answer(command: &str, path: &Path) -> Answer {
    match command {
        "daemon" => daemon(path, DaemonProcess::current_process),
        "handed-daemon" => handed_daemon(path),
        "impostor" => impostor(path),
        "verify-sidecar" => verify_sidecar(path),
        "verify-manifest" => verify_manifest(path),
        "read-manifest" => Ok(manifest::read_manifest(path)?.service_name),
        "list-registry" => Ok(list_registry(path)),
        "reuse" => pid_reuse::run(path),
        "measure" => measured_client::serve(&crate_client::CLIENT),
        _ => panic!("there is no command {command}"),
    }
}

/// Serve identity challenges as what `introduce` says of this process, with every
/// record that the crate can write.
pub fn daemon(
    home: &Path,
    introduce: impl FnOnce(Endpoint, Option<u32>) -> Result<DaemonProcess, IdentityError>,
) -> Answer {
    let listener = UnixListener::bind(home.join(SOCKET))?;
    let identity = introduce(endpoint(home), Some(600))?;
    write_records(home, &identity)?;
    thread::spawn(move || answer_challenges(&listener, &identity));
    serve_until_told()
}

/// Serves like [`daemon`] on a listener that its supervisor created and passed to it as
/// standard input; it ends with the supervisor.
fn handed_daemon(home: &Path) -> Answer {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    let listener = UnixListener::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let identity = DaemonProcess::current_process(endpoint(home), Some(600))?;
    write_records(home, &identity)?;
    println!("ready");
    answer_challenges(&listener, &identity);
    Ok("stopped".to_owned())
}

/// Take the socket of the daemon in `home`, and answer in its name.
fn impostor(home: &Path) -> Answer {
    let identity = try_read_daemon_identity_file(&home.join(SIDECAR))?;
    let identity = identity.ok_or("there is no such sidecar")?;
    std::fs::remove_file(home.join(SOCKET))?;
    let listener = UnixListener::bind(home.join(SOCKET))?;
    thread::spawn(move || answer_challenges(&listener, &identity));
    serve_until_told()
}

fn endpoint(home: &Path) -> Endpoint {
    Endpoint {
        namespace_id: "interop".to_owned(),
        path: home.join(SOCKET).display().to_string(),
    }
}

fn answer_challenges(listener: &UnixListener, identity: &DaemonProcess) {
    for mut client in listener.incoming().flatten() {
        // A client that leaves early is no concern of the next one.
        let _ = handle_endpoint_probe(&mut client, identity);
    }
}

fn write_records(home: &Path, identity: &DaemonProcess) -> Result<(), Box<dyn Error>> {
    let sidecar = home.join(SIDECAR);
    write_daemon_identity_file(&sidecar, identity)?;
    announce("sidecar", &sidecar);

    let bare = home.join("identity.pb");
    std::fs::write(&bare, identity.to_proto().encode_to_vec())?;
    announce("bare", &bare);

    // The crate reads back its own manifest every time only with one label.
    let content = describe(home, identity, &["tier"])?;
    let (name, version) = (&content.service_name, &content.service_version);
    let registry = home.join("registry");
    let written = manifest::write_to_central_in_dir(&registry, name, version, &content)?;
    announce("manifest", &written);

    let content = describe(home, identity, &["tier", "team", "zone"])?;
    let cache = home.join("cache");
    manifest::write_to_root(&cache, &content)?;
    let written = cache.join(manifest::ROOT_MANIFEST_FILE);
    announce("labelled-manifest", &written);

    let content = CacheManifestBuilder::new("interop", "1.2.3")
        .broker_instance("shared")
        .root(CacheRootKind::CacheLocks, home.display().to_string())
        .build()?;
    let locks = home.join("locks");
    manifest::write_to_root(&locks, &content)?;
    let written = locks.join(manifest::ROOT_MANIFEST_FILE);
    announce("nameless-manifest", &written);
    Ok(())
}

fn describe(
    home: &Path,
    identity: &DaemonProcess,
    labels: &[&str],
) -> Result<CacheManifest, Box<dyn Error>> {
    let mut content = CacheManifestBuilder::new("interop", "1.2.3")
        .broker_instance("shared")
        .root(CacheRootKind::CacheData, home.display().to_string())
        .build()?;
    content.current_daemon = Some(identity.to_proto());
    for root in &mut content.roots {
        let label = |name: &&str| ((*name).to_owned(), "some value".to_owned());
        root.labels = labels.iter().map(label).collect();
    }
    Ok(content)
}

/// Say that a record is in place.
pub fn announce(name: &str, path: &Path) {
    println!("{name} {}", path.display());
}

/// Say that everything is in place, and wait for the end of standard input.
pub fn serve_until_told() -> Answer {
    println!("ready");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok("stopped".to_owned())
}

fn verify_sidecar(path: &Path) -> Answer {
    let identity = try_read_daemon_identity_file(path)?.ok_or("there is no such sidecar")?;
    let endpoint = &identity.ipc_endpoint;
    let handle = BackendHandle::probe_with_service("interop", "1.2.3", endpoint, &identity)?;
    Ok(describe_verified(&handle))
}

fn verify_manifest(path: &Path) -> Answer {
    let content = manifest::read_manifest(path)?;
    let handle = BackendHandle::try_from_manifest(&content)?.ok_or("it names no daemon")?;
    Ok(describe_verified(&handle))
}

fn describe_verified(handle: &BackendHandle) -> String {
    handle.daemon_process.pid.to_string()
}

fn list_registry(directory: &Path) -> String {
    let found = manifest::enumerate_central(directory);
    let names: Vec<String> = found.into_iter().map(|found| found.service_name).collect();
    names.join(" ")
}
