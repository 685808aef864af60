//! Sockets whose recorded path names another file here, or has several names.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{
    Daemon, Family, MOUNTS, Role, TestServer, World, check, copy_program, is_installed, is_root,
    role, this_process,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

fn endpoint<'a>(document: &'a Value, field: &str) -> &'a str {
    check(document, "endpoint")[field].as_str().unwrap()
}

/// A directory in which the absolute path of a socket is longer than a socket's can be.
fn deep(world: &World) -> std::path::PathBuf {
    let directory = world.path(&"workspace/".repeat(12));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

/// Starts a process of the tests that listens at `name` below a working directory.
fn served_below(directory: &Path, name: &str, plan: &str) -> Family {
    let mut command = role(Role::ServeAsFamily, [name, plan]);
    Family::start_by(command.current_dir(directory))
}

#[test]
fn a_path_too_long_for_a_socket_is_connected_to_all_the_same() {
    let world = World::new();
    let directory = deep(&world);
    let path = directory.join("s");
    assert!(path.as_os_str().len() > rpctl::endpoint::MAX_PATH_LEN);
    let mut family = served_below(&directory, "s", "worker");
    path.to_str()
        .unwrap()
        .clone_into(&mut family.identity.ipc_endpoint.path);
    let record = world.sidecar("s.json", &family.identity);
    // The answer names the path that was bound.
    let document = world.probe(&record);
    let document = document.assert_verdict(5, "mismatch", Some("identity_mismatch"));
    assert_eq!(endpoint(&document, "actual"), "connected");
    assert_eq!(check(&document, "peer")["outcome"], "pass");

    // The listener is found even if no process accepts.
    family.stop_server();
    let record = record.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "300ms", record]);
    run.assert_verdict(6, "unresponsive", Some("endpoint_silent"));
}

#[test]
fn a_relative_path_is_that_of_the_daemons_working_directory() {
    let world = World::new();
    let directory = world.path("theirs");
    std::fs::create_dir(&directory).unwrap();
    let family = served_below(&directory, "s", "worker");
    let record = world.sidecar("s.json", &family.identity);
    // A file of the same name in the working directory of the program.
    let stranger = UnixListener::bind(world.path("s")).unwrap();
    stranger.set_nonblocking(true).unwrap();
    let document = world.probe(&record).assert_verdict(0, "verified", None);
    let says = "looked up in the working directory of the process";
    assert_eq!(endpoint(&document, "detail"), says);
    assert!(stranger.accept().is_err());
}

#[test]
fn a_relative_path_of_a_dead_daemon_names_nothing_here() {
    let world = World::new();
    let directory = world.path("theirs");
    std::fs::create_dir(&directory).unwrap();
    let family = served_below(&directory, "s", "worker");
    let record = world.sidecar("s.json", &family.identity);
    drop(family);
    drop(UnixListener::bind(world.path("s")).unwrap());
    let document = world
        .probe(&record)
        .assert_verdict(3, "not_running", Some("process_exited"));
    assert_eq!(endpoint(&document, "actual"), "a relative path");
    let record = record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--remove-record", record]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(world.path("s").exists());
}

#[test]
fn every_path_of_the_recorded_socket_is_the_recorded_endpoint() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    symlink(world.path(""), world.path("link")).unwrap();
    symlink("daemon.sock", world.path("other.sock")).unwrap();
    std::fs::hard_link(world.path("daemon.sock"), world.path("hard.sock")).unwrap();
    let probe = |name: &str| {
        let path = world.path(name);
        let path = path.to_str().unwrap();
        let record = daemon.record().to_str().unwrap();
        world.rpctl(["probe", "--json", "--endpoint", path, record])
    };
    for name in [
        "link/daemon.sock",
        "other.sock",
        "hard.sock",
        "./daemon.sock",
    ] {
        probe(name).assert_verdict(0, "verified", None);
    }
    let differs = Some("endpoint_differs");
    for name in ["missing.sock", "daemon.pb", "link"] {
        probe(name).assert_verdict(5, "mismatch", differs);
    }
    daemon.kill();
    // Without a file, the directory and the name are the endpoint.
    std::fs::remove_file(daemon.socket()).unwrap();
    let probe = |name: &str| {
        let path = world.path(name);
        let path = path.to_str().unwrap();
        let record = daemon.record().to_str().unwrap();
        world.rpctl(["probe", "--json", "--endpoint", path, record])
    };
    probe("link/daemon.sock").assert_verdict(3, "not_running", Some("process_exited"));
    probe("link/other").assert_verdict(5, "mismatch", differs);
}

/// Starts the program by a shell script in a mount namespace of its own. `$1` is the
/// directory that other files are mounted on.
fn start_apart(world: &World, script: &str) -> Daemon {
    let record = world.path("daemon.pb");
    let private = world.path("private");
    std::fs::create_dir_all(&private).unwrap();
    let mut command = world.apart(MOUNTS, script);
    command
        .args([&private, Path::new(PROGRAM)])
        .args(["spawn-self", "--foreground", "--json", "--record"])
        .arg(&record)
        .arg("--endpoint")
        .arg(private.join("s"));
    Daemon::start_as_is(command, &record)
}

const PRIVATE: &str = r#"mount -t tmpfs none "$1"; shift; exec "$@""#;

fn can_mount() -> bool {
    is_root() && is_installed("unshare")
}

const LOOKED_UP: &str =
    "looked up in the mount namespace or root directory of the process, by /proc/PID/root";

#[test]
fn a_socket_in_a_private_directory_is_found_inside() {
    if !can_mount() {
        return;
    }
    let world = World::new();
    let daemon = start_apart(&world, PRIVATE);
    assert!(!Path::new(daemon.socket()).exists());
    // A record that tells where it was written, and one that does not.
    let bare = world.sidecar("bare.json", &daemon.identity);
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(endpoint(&document, "detail"), LOOKED_UP);
    world.probe(&bare).assert_verdict(0, "verified", None);

    // The file at that path here is none of the daemon's.
    let stranger = UnixListener::bind(daemon.socket()).unwrap();
    stranger.set_nonblocking(true).unwrap();
    world.probe(&bare).assert_verdict(0, "verified", None);
    assert!(stranger.accept().is_err());

    daemon.signal(Signal::SIGSTOP);
    let path = bare.to_str().unwrap();
    world
        .rpctl(["probe", "--json", "--timeout", "300ms", path])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
}

#[test]
fn a_link_inside_leads_to_a_file_inside() {
    if !can_mount() {
        return;
    }
    let world = World::new();
    let daemon = start_apart(&world, PRIVATE);
    let mut identity = daemon.identity.clone();
    // Here, the link would lead to nothing.
    let link = world.path("private/link").to_str().unwrap().to_owned();
    let root = format!("/proc/{}/root", daemon.pid());
    symlink(daemon.socket(), format!("{root}{link}")).unwrap();
    identity.ipc_endpoint.path.clone_from(&link);
    let document = world.probe(&world.sidecar("bare.json", &identity));
    // The answer names the other path.
    let document = document.assert_verdict(5, "mismatch", Some("identity_mismatch"));
    assert_eq!(endpoint(&document, "detail"), LOOKED_UP);
    assert_eq!(check(&document, "peer")["outcome"], "pass");
}

#[test]
fn a_socket_that_is_missing_inside_and_outside_is_missing() {
    if !can_mount() {
        return;
    }
    let world = World::new();
    let daemon = start_apart(&world, PRIVATE);
    let inside = format!("/proc/{}/root{}", daemon.pid(), daemon.socket());
    std::fs::remove_file(inside).unwrap();
    let bare = world.sidecar("bare.json", &daemon.identity);
    world
        .probe(&bare)
        .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
}

#[test]
fn a_socket_that_both_namespaces_share_needs_no_detour() {
    if !can_mount() {
        return;
    }
    let world = World::new();
    let daemon = start_apart(&world, r#"shift; exec "$@""#);
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", Some("warnings"));
    assert!(check(&document, "endpoint")["detail"].is_null());
}

#[test]
fn a_daemon_below_another_root_directory_is_found_there() {
    if !can_mount() || !is_installed("chroot") {
        return;
    }
    let world = World::new();
    let jail = world.path("jail");
    std::fs::create_dir_all(jail.join("run")).unwrap();
    copy_program(&jail.join("rpctl"));
    // What the program is linked with, and /proc for what it records.
    let script = r#"
        cd "$1"
        for directory in lib lib64 usr proc; do
            test -e "/$directory" || continue
            mkdir -p "$directory" && mount --rbind "/$directory" "$directory"
        done
        exec chroot . /rpctl spawn-self --foreground --json --record /run/r.pb --endpoint /run/s
    "#;
    let mut command: Command = world.apart(MOUNTS, script);
    command.arg(&jail);
    let daemon = Daemon::start_as_is(command, &jail.join("run/r.pb"));
    assert_eq!(daemon.socket(), "/run/s");
    let bare = world.sidecar("bare.json", &daemon.identity);
    let document = world.probe(&bare).assert_verdict(0, "verified", None);
    assert_eq!(endpoint(&document, "detail"), LOOKED_UP);
}

#[test]
fn a_working_directory_is_no_root_directory() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(0, "verified", None);
    assert!(check(&document, "endpoint")["detail"].is_null());
}
