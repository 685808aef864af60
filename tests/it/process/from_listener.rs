//! The process that is recorded for the address of a listener.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{self, UnixListener};
use std::process::{Command, Stdio};

use rpctl::process::{ListenerAddress, ListenerError, ProcessRecord};
use rustix::net::sockopt::set_socket_reuseport;
use rustix::net::{AddressFamily, SocketType, bind, listen, socket};

use super::capture::copy_sleep;
use super::wait_for_program;
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, World};

fn record(address: &str) -> Result<ProcessRecord, ListenerError> {
    ProcessRecord::from_listener(&ListenerAddress::parse(OsStr::new(address)).unwrap())
}

/// Starts a child that holds a listener and does nothing.
pub(super) fn holder(listener: impl Into<OwnedFd>) -> KillOnDrop {
    held_by(Command::new("sleep").arg("1000"), listener)
}

fn held_by(command: &mut Command, listener: impl Into<OwnedFd>) -> KillOnDrop {
    KillOnDrop(command.stdin(listener.into()).spawn().unwrap())
}

/// Listens on a free port of an address, with a group of so many sockets.
fn reused_port(members: usize) -> (u16, Vec<OwnedFd>) {
    let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sockets = (0..members).map(|_| {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        set_socket_reuseport(&socket, true).unwrap();
        bind(&socket, &address).unwrap();
        listen(&socket, 8).unwrap();
        let bound = rustix::net::getsockname(&socket).unwrap();
        address = SocketAddr::try_from(bound).unwrap();
        socket
    });
    let sockets = sockets.collect();
    (address.port(), sockets)
}

#[test]
fn the_holder_of_a_listener_is_recorded_by_each_form_of_address() {
    let world = World::new();
    let path = world.path("s");
    let unix = holder(UnixListener::bind(&path).unwrap());
    let name = format!("rpctl-test-holder-{}", std::process::id());
    let address = net::SocketAddr::from_abstract_name(&name).unwrap();
    let abstract_one = holder(UnixListener::bind_addr(&address).unwrap());
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let tcp = holder(tcp);
    for (address, child) in [
        (path.to_str().unwrap().to_owned(), &unix),
        (format!("@{name}"), &abstract_one),
        (format!("127.0.0.1:{port}"), &tcp),
        (format!("localhost:{port}"), &tcp),
        (format!(":{port}"), &tcp),
    ] {
        let record = record(&address).unwrap();
        assert_eq!(record.process.pid, child.0.id(), "{address}");
    }
    // What is bound to one address does not serve the others.
    for other in [format!("127.0.0.2:{port}"), format!("[::1]:{port}")] {
        let error = record(&other).unwrap_err();
        assert!(matches!(error, ListenerError::NoListener(_)), "{error}");
    }
}

#[test]
fn a_listener_on_every_address_is_found_by_each_of_them() {
    let any: [(SocketAddr, &[&str], &[&str]); 2] = [
        (
            (Ipv4Addr::UNSPECIFIED, 0).into(),
            &["127.0.0.1", "0.0.0.0"],
            &["[::1]"],
        ),
        (
            (Ipv6Addr::UNSPECIFIED, 0).into(),
            &["[::1]", "127.0.0.1", "[::]"],
            &[],
        ),
    ];
    for (address, served, other) in any {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let child = holder(listener);
        for host in served {
            let record = record(&format!("{host}:{port}")).unwrap();
            assert_eq!(record.process.pid, child.0.id(), "{host}");
        }
        for host in other {
            let error = record(&format!("{host}:{port}")).unwrap_err();
            assert!(matches!(error, ListenerError::NoListener(_)), "{error}");
        }
    }
}

#[test]
fn the_parent_of_workers_is_recorded_if_it_listens_too() {
    let world = World::new();
    let path = world.path("s");
    let script = "exec 3<&0 0</dev/null; sleep 1000 & sleep 1000 & echo up; wait";
    let mut parent = held_by(
        Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped()),
        UnixListener::bind(&path).unwrap(),
    );
    let mut lines = BufReader::new(parent.0.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "up");
    let record = record(path.to_str().unwrap()).unwrap();
    assert_eq!(record.process.pid, parent.0.id());
    kill_children(&parent);
}

#[test]
fn several_holders_without_a_common_ancestor_are_named() {
    let (port, sockets) = reused_port(2);
    let children: Vec<KillOnDrop> = sockets.into_iter().map(holder).collect();
    let mut expected: Vec<u32> = children.iter().map(|child| child.0.id()).collect();
    expected.sort_unstable();
    let candidates = loop {
        let error = record(&format!(":{port}")).unwrap_err();
        let ListenerError::Several { candidates, .. } = error else {
            panic!("{error}");
        };
        let mut found: Vec<u32> = candidates.iter().map(|one| one.pid).collect();
        found.sort_unstable();
        assert!(expected.iter().all(|pid| found.contains(pid)), "{found:?}");
        // The child of a test beside this one holds copies until it executes its program.
        if found == expected {
            break candidates;
        }
    };
    let sleep = std::fs::canonicalize("/bin/sleep").unwrap();
    assert_eq!(candidates[0].program, sleep.to_str().unwrap());
    assert!(candidates[0].user.is_some());
}

/// systemd keeps the sockets of the services that it starts.
#[test]
fn a_manager_of_sockets_gives_way_to_the_service() {
    let world = World::new();
    let path = world.path("s");
    let manager = world.path("systemd");
    copy_sleep(&manager);
    let listener = UnixListener::bind(&path).unwrap();
    let script = format!(
        "exec 3<&0 0</dev/null; sleep 1000 & exec {} 1000",
        manager.display()
    );
    let parent = held_by(Command::new("sh").args(["-c", &script]), listener);
    wait_for_program(parent.0.id(), &manager);
    let service = record(path.to_str().unwrap()).unwrap().process.pid;
    assert_ne!(service, parent.0.id());
    Pinned::open(service).unwrap().kill();
    // It is the process that listens as long as there is no service.
    let record = record(path.to_str().unwrap()).unwrap();
    assert_eq!(record.process.pid, parent.0.id());
}

#[test]
fn an_address_without_a_listener_is_told_as_such() {
    let world = World::new();
    let bound = world.path("s");
    drop(UnixListener::bind(&bound).unwrap());
    let file = world.path("file");
    std::fs::write(&file, "").unwrap();
    let connected = world.path("c");
    let listener = UnixListener::bind(&connected).unwrap();
    let client = net::UnixStream::connect(&connected).unwrap();
    let (server, _) = listener.accept().unwrap();
    drop(listener);
    // A connection is bound to the path of its listener, and is none.
    let child = holder(server);
    for path in [bound, file, connected, world.path("missing")] {
        let error = record(path.to_str().unwrap()).unwrap_err();
        assert!(
            matches!(
                error,
                ListenerError::NoListener(_) | ListenerError::NoSocket(_)
            ),
            "{error}"
        );
    }
    drop((client, child));
}

fn kill_children(parent: &KillOnDrop) {
    let pid = parent.0.id();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    for child in children.split_whitespace() {
        Pinned::open(child.parse().unwrap()).unwrap().kill();
    }
}
