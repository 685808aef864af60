//! What can be found at a path where a socket should be.

use std::fs::Permissions;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::Path;

use rpctl::endpoint::MAX_PATH_LEN;
use rpctl::{DaemonProcess, Reason, Verdict};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};

use super::case::{Case, only_fault, probe};
use crate::support::{
    Daemon, NOBODY, Run, TestServer, World, check, copy_program, failed, is_root, this_process,
};

const MISSING: (Reason, &str) = (Reason::EndpointMissing, "there is no such socket");

fn invalid(says: &'static str) -> (Reason, &'static str) {
    (Reason::EndpointInvalid, says)
}

fn path(identity: &DaemonProcess) -> &Path {
    Path::new(&identity.ipc_endpoint.path)
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("nothing", MISSING, |_| ()),
        Case::new(
            "nothing in a directory that is missing",
            MISSING,
            |daemon| {
                daemon.ipc_endpoint.path.push_str(".d/s");
            },
        ),
        Case::new("a path that leads through a file", MISSING, |daemon| {
            std::fs::write(path(daemon), "").unwrap();
            daemon.ipc_endpoint.path.push_str("/s");
        }),
        Case::new("a symbolic link that leads nowhere", MISSING, |daemon| {
            symlink("nowhere", path(daemon)).unwrap();
        }),
        Case::new(
            "a stale socket",
            (Reason::EndpointRefused, "the file was left behind"),
            |daemon| drop(UnixListener::bind(path(daemon)).unwrap()),
        ),
        Case::new(
            "a regular file",
            invalid("is a file, not a socket"),
            |daemon| std::fs::write(path(daemon), "12345\n").unwrap(),
        ),
        Case::new("a directory", invalid("is a directory, not"), |daemon| {
            std::fs::create_dir(path(daemon)).unwrap();
        }),
        Case::new("a device", invalid("is a device, not a socket"), |daemon| {
            symlink("/dev/null", path(daemon)).unwrap();
        }),
        Case::new("a circle of links", invalid("symbolic links"), |daemon| {
            symlink(path(daemon), path(daemon)).unwrap();
        }),
        Case::new(
            "a datagram socket",
            invalid("not of the stream type"),
            |daemon| UnixDatagram::bind(path(daemon)).unwrap(),
        ),
        Case::new(
            "a seqpacket socket",
            invalid("not of the stream type"),
            |daemon| listener(path(daemon), SocketType::SEQPACKET),
        ),
        Case::new("nothing at a path too long", MISSING, |daemon| {
            lengthen(daemon, MAX_PATH_LEN + 1);
        }),
        Case::new(
            "an abstract name",
            invalid("no path to a socket"),
            |daemon| {
                "@rpctl".clone_into(&mut daemon.ipc_endpoint.path);
            },
        ),
        Case::new(
            "a path with a NUL in it",
            invalid("no path to a socket"),
            |daemon| {
                daemon.ipc_endpoint.path.push_str("\0.sock");
            },
        ),
    ]
}

fn listener(path: &Path, kind: SocketType) -> OwnedFd {
    let socket = socket(AddressFamily::UNIX, kind, None).unwrap();
    bind(&socket, &SocketAddrUnix::new(path).unwrap()).unwrap();
    listen(&socket, 1).unwrap();
    socket
}

/// Give the endpoint a path of `length` bytes.
fn lengthen(daemon: &mut DaemonProcess, length: usize) {
    let path = &mut daemon.ipc_endpoint.path;
    let missing = length - path.len();
    path.push_str(&"x".repeat(missing));
}

#[test]
fn whatever_is_no_listening_socket_is_named_for_what_it_is() {
    for case in cases() {
        case.assert();
    }
}

#[test]
fn the_longest_path_of_a_socket_is_served_and_probed() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    lengthen(&mut identity, MAX_PATH_LEN);
    let _served = TestServer::truly(&identity);
    world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(0, "verified", None);
}

#[test]
fn nothing_is_asked_of_an_endpoint_that_cannot_be_connected_to() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let report = probe(&identity, std::time::Duration::from_secs(30));
    assert_eq!(report.verdict, Verdict::Unresponsive);
    let fault = only_fault(&report);
    assert_eq!(
        fault.expected.as_deref(),
        Some(&*identity.ipc_endpoint.path)
    );
    assert_eq!(fault.actual.as_deref(), Some("no such file"));
}

#[test]
fn a_denied_socket_says_nothing_about_the_daemon() {
    if !is_root() {
        return;
    }
    let world = World::new();
    // The directory and the daemon belong to the overflow user; then its socket becomes
    // root's.
    let program = world.path("rpctl");
    copy_program(&program);
    chown(world.path(""), Some(NOBODY), Some(NOBODY)).unwrap();
    let mut command = world.command(&program);
    command.uid(NOBODY).gid(NOBODY);
    let daemon = Daemon::start_command(&world, command);
    let socket = world.path("daemon.sock");
    chown(&socket, Some(0), Some(0)).unwrap();
    std::fs::set_permissions(&socket, Permissions::from_mode(0o600)).unwrap();

    let mut command = world.command(&program);
    command.args(["probe", "--json", "--timeout", "30s"]);
    command.arg(daemon.record());
    let document = Run::of(command.uid(NOBODY).gid(NOBODY)).assert_verdict(
        4,
        "indeterminate",
        Some("permission_denied"),
    );
    assert_eq!(failed(&document), ["endpoint"]);
    let endpoint = check(&document, "endpoint");
    assert_eq!(endpoint["outcome"], "unknown");
    assert_eq!(endpoint["actual"], "permission denied");
    assert_eq!(endpoint["detail"], "not permitted to connect");
}
