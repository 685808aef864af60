//! Listeners of another network namespace, and processes here at the same address.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixListener};
use std::process::{Command, Stdio};
use std::thread;

use rpctl::process::{ProcessRecord, RecordedListener};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use serde_json::Value;

use super::{edited, holder, saved, verdict};
use crate::support::{KillOnDrop, World, check, is_installed, is_root};

fn can_unshare() -> bool {
    is_root() && is_installed("unshare")
}

/// Runs a function in a network namespace of its own.
fn in_other_network<T: Send>(make: impl FnOnce() -> T + Send) -> T {
    let mut command = Command::new("unshare");
    command
        .args(["--net", "sh", "-c", "echo up; exec sleep 1000"])
        .stdout(Stdio::piped());
    let mut first = KillOnDrop(command.spawn().unwrap());
    let mut line = String::new();
    let stdout = first.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let network = File::open(format!("/proc/{}/ns/net", first.0.id())).unwrap();
    thread::scope(|scope| {
        let inside = scope.spawn(|| {
            let kind = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(network.as_fd(), kind).unwrap();
            make()
        });
        inside.join().unwrap()
    })
}

/// The addresses that belong to a network namespace.
#[derive(Clone)]
enum Address {
    Tcp(SocketAddr),
    Abstract(UnixAddr),
}

impl Address {
    fn listen(&self) -> OwnedFd {
        match self {
            Self::Tcp(address) => TcpListener::bind(address).unwrap().into(),
            Self::Abstract(name) => UnixListener::bind_addr(name).unwrap().into(),
        }
    }
}

/// Returns two addresses with a socket that listens there in this network namespace.
fn taken_here(world: &World) -> [(Address, OwnedFd); 2] {
    let tcp = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let name = world.path("s");
    let name = UnixAddr::from_abstract_name(name.to_str().unwrap()).unwrap();
    let name = Address::Abstract(name);
    let address = Address::Tcp(tcp.local_addr().unwrap());
    [(address, tcp.into()), (name.clone(), name.listen())]
}

/// Starts a process of another network namespace that listens at an address, and records it.
fn daemon(address: &Address) -> (KillOnDrop, ProcessRecord) {
    let child = in_other_network(|| holder(address.listen(), File::open("/dev/null").unwrap()));
    let record = ProcessRecord::from_child(&child.0).unwrap();
    (child, record.with_listeners().unwrap())
}

/// Returns the record without the network namespace, as other programs may write it.
fn without_network(record: &ProcessRecord) -> ProcessRecord {
    edited(record, |document| {
        let listener = document["listeners"][0].as_object_mut().unwrap();
        listener.remove("network_namespace").unwrap();
    })
}

#[test]
fn a_process_here_is_no_successor_of_one_elsewhere() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    for (address, _here) in taken_here(&world) {
        let (mut child, record) = daemon(&address);
        for record in [&record, &without_network(&record)] {
            let report = world.probe(&saved(&world, record)).json();
            assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
        }
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        for record in [&record, &without_network(&record)] {
            let report = world.probe(&saved(&world, record)).json();
            let gone = ("not_running", "process_exited");
            assert_eq!(verdict(&report), gone, "{report:#}");
            let summary = report["summary"].as_str().unwrap();
            assert!(summary.ends_with(" has ended"), "{summary}");
            assert_eq!(check(&report, "endpoint")["outcome"], "skip");
            let detail = check(&report, "peer")["detail"].as_str().unwrap();
            assert!(detail.contains("network namespace"), "{detail}");
        }
    }
}

#[test]
fn a_process_here_is_no_squatter_of_one_elsewhere() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    for (_, here) in taken_here(&world) {
        let of_test = ProcessRecord::current().unwrap().with_listeners().unwrap();
        let any = Address::Tcp((Ipv4Addr::UNSPECIFIED, 0).into());
        let (_child, record) = daemon(&any);
        let theirs = serde_json::to_value(&record.listeners[0]).unwrap();
        // As if it had listened at that address, too, and closed that listener.
        let closed = edited(&record, |document| {
            let mut listener = listener_at(&of_test, &here);
            listener["network_namespace"] = theirs["network_namespace"].clone();
            listener["socket_inode"] = 1.into();
            document["listeners"][0] = listener;
        });
        for record in [&closed, &without_network(&closed)] {
            let report = world.probe(&saved(&world, record)).json();
            let missing = ("unresponsive", "endpoint_missing");
            assert_eq!(verdict(&report), missing, "{report:#}");
        }
    }
}

/// Returns the entry of a socket in a record.
fn listener_at(record: &ProcessRecord, socket: &OwnedFd) -> Value {
    let inode = rustix::fs::fstat(socket).unwrap().st_ino;
    let entries = record.listeners.iter();
    let mut entries = entries.map(|listener| serde_json::to_value(listener).unwrap());
    entries
        .find(|entry| entry["socket_inode"] == inode)
        .unwrap()
}

#[test]
fn a_process_here_is_not_left_of_one_elsewhere() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    for (address, _here) in taken_here(&world) {
        for is_recorded in [true, false] {
            let (mut child, mut record) = daemon(&address);
            if !is_recorded {
                record.listeners.clear();
            }
            let path = saved(&world, &record);
            let run = world.rpctl(["kill", "--json", path.to_str().unwrap()]);
            child.0.wait().unwrap();
            let document = run.json();
            assert_eq!(document["action"]["outcome"], "killed", "{document:#}");
            assert_eq!(document["action"]["left"], serde_json::json!([]));
        }
    }
}

/// The name of its successor is that of a process in the network namespace of the record.
#[test]
fn a_daemon_that_was_started_again_here_is_named() {
    let world = World::new();
    for (address, here) in taken_here(&world) {
        let mut child = holder(here, File::open("/dev/null").unwrap());
        let record = ProcessRecord::from_child(&child.0).unwrap();
        let record = record.with_listeners().unwrap();
        let network = match &record.listeners[0] {
            RecordedListener::Unix(socket) => socket.network_namespace,
            RecordedListener::Tcp(socket) => socket.network_namespace,
            other => panic!("{other:?}"),
        };
        let ours = std::fs::read_link("/proc/self/ns/net").unwrap();
        assert_eq!(ours.to_str(), Some(&*format!("net:[{}]", network.unwrap())));
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        let second = holder(address.listen(), File::open("/dev/null").unwrap());
        let report = world.probe(&saved(&world, &record)).json();
        let named = format!("is held by PID {} (", second.0.id());
        let summary = report["summary"].as_str().unwrap();
        assert!(summary.contains(&named), "{summary}");
    }
}
