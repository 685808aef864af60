//! What a crash leaves behind gives way to the next daemon; what lives does not.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, socket_with};
use rustix::process::Signal;

use super::{Fixture, assert_refused, hint, message};
use crate::support::{Run, ask, is_root};

#[test]
fn what_a_crash_leaves_behind_is_taken_over() {
    let fixture = Fixture::new();
    let sidecar = fixture.path("sidecar.json");
    let sidecar = sidecar.to_str().unwrap();
    let crashed = fixture.spawn(["--sidecar", sidecar]);
    crashed.end(Signal::KILL);
    assert_eq!(fixture.files().len(), 3);

    let next = fixture.spawn(["--sidecar", sidecar]);
    assert_eq!(
        (next.socket(), next.manifest()),
        (crashed.socket(), crashed.manifest())
    );
    for record in [next.manifest(), Path::new(sidecar)] {
        let document = fixture.probe(record).assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["pid"], next.pid);
    }
}

#[test]
fn a_stale_socket_that_others_may_connect_to_becomes_private() {
    let fixture = Fixture::new();
    let socket = fixture.path("s");
    drop(UnixListener::bind(&socket).unwrap());
    let daemon = fixture.spawn(["--endpoint", socket.to_str().unwrap()]);
    assert_eq!(daemon.socket(), socket);
    assert_eq!(std::fs::metadata(socket).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_live_socket_is_refused_by_name_and_not_stolen() {
    let fixture = Fixture::new();
    let first = fixture.spawn([""; 0]);
    let socket = first.socket().to_str().unwrap();
    let inode = std::fs::metadata(socket).unwrap().ino();

    let run = fixture.spawn_self(["--endpoint", socket, "--service", "other"]);
    let document = assert_refused(&run, 9, "endpoint_in_use");
    let expected = format!("PID {} already listens on {socket}", first.pid);
    assert_eq!(message(&document), expected);
    assert!(hint(&document).contains(&format!("ps -p {}", first.pid)));

    assert_eq!(std::fs::metadata(socket).unwrap().ino(), inode);
    assert_eq!(ask(socket).pid, first.pid);
    assert_eq!(fixture.daemons(), [first.pid]);
    // The second one left no record of itself.
    assert_eq!(fixture.files(), sorted([first.socket(), first.manifest()]));
}

fn sorted<const N: usize>(mut paths: [&Path; N]) -> [&Path; N] {
    paths.sort();
    paths
}

#[test]
fn a_socket_on_which_its_process_does_not_listen_yet_stays() {
    let fixture = Fixture::new();
    let path = fixture.path("s");
    let (kind, flags) = (SocketType::STREAM, SocketFlags::CLOEXEC);
    let socket = socket_with(AddressFamily::UNIX, kind, flags, None).unwrap();
    bind(&socket, &SocketAddrUnix::new(&path).unwrap()).unwrap();
    let inode = std::fs::metadata(&path).unwrap().ino();
    let run = fixture.spawn_self(["--endpoint", path.to_str().unwrap()]);
    let document = assert_refused(&run, 9, "endpoint_in_use");
    let expected = format!("another process has bound {}", path.display());
    assert_eq!(message(&document), expected);
    assert_eq!(std::fs::metadata(&path).unwrap().ino(), inode);
}

#[test]
fn a_listener_that_answers_nothing_is_as_live_as_any() {
    let fixture = Fixture::new();
    let socket = fixture.path("s");
    let _silent = UnixListener::bind(&socket).unwrap();
    let run = fixture.spawn_self(["--endpoint", socket.to_str().unwrap()]);
    let document = assert_refused(&run, 9, "endpoint_in_use");
    let expected = format!("PID {} already", std::process::id());
    assert!(message(&document).starts_with(&expected), "{document:#}");
}

#[test]
fn a_file_that_is_no_stream_socket_is_refused_and_stays() {
    let fixture = Fixture::new();
    std::fs::write(fixture.path("file"), "a note").unwrap();
    std::fs::create_dir(fixture.path("directory")).unwrap();
    std::os::unix::fs::symlink("nowhere", fixture.path("link")).unwrap();
    let _datagram = UnixDatagram::bind(fixture.path("datagram")).unwrap();
    let before = fixture.files();
    for (name, code, kind) in [
        ("file", 9, "endpoint_not_a_socket"),
        ("directory", 9, "endpoint_not_a_socket"),
        ("datagram", 9, "endpoint_not_a_socket"),
        ("link", 2, "place_unusable"),
    ] {
        let path = fixture.path(name);
        let run = fixture.spawn_self(["--endpoint", path.to_str().unwrap()]);
        let document = assert_refused(&run, code, kind);
        assert!(message(&document).contains(path.to_str().unwrap()));
    }
    assert_eq!(fixture.files(), before);
    assert_eq!(std::fs::read(fixture.path("file")).unwrap(), b"a note");
}

#[test]
fn another_users_socket_is_refused_without_a_claim() {
    if !is_root() {
        return;
    }
    let fixture = Fixture::new();
    let socket = fixture.path("s");
    drop(UnixListener::bind(&socket).unwrap());
    std::fs::set_permissions(&socket, Permissions::from_mode(0o600)).unwrap();
    let mut command = fixture.spawning_as_stranger();
    let run = Run::of(command.arg("--endpoint").arg(&socket));
    assert_refused(&run, 9, "endpoint_denied");
    assert!(socket.exists());
}
