//! The limits of a `Server`, one at a time.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use rpctl::DaemonProcess;
use rpctl::protocol::{Frame, HEADER_LEN};
use rpctl::responder::Limits;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use crate::support::{Client, Daemon, TestServer, World, ask, proc, this_process};

const NEVER: Duration = Duration::MAX;

/// A server in this process, with other limits than usual.
fn served(world: &World, limits: Limits) -> (TestServer, DaemonProcess, String) {
    let identity = this_process(&world.endpoint("s"));
    let served = TestServer::within(limits, &identity.ipc_endpoint, identity.clone());
    let socket = identity.ipc_endpoint.path.clone();
    (served, identity, socket)
}

fn holding(connections: usize) -> Limits {
    Limits {
        connections,
        connection_lifetime: NEVER,
        ..Limits::default()
    }
}

/// A byte is easily sent, and a client that has yet to ask may be honest.
#[test]
fn what_a_client_has_begun_to_send_does_not_save_its_place() {
    let world = World::new();
    let (_served, identity, socket) = served(&world, holding(3));
    let mut first = Client::connect(&socket);
    first.send(b"\x01");
    let mut honest = Client::connect(&socket);
    let mut hostile = Vec::new();
    for _ in 0..2 {
        let mut client = Client::connect(&socket);
        client.send(b"\x01");
        hostile.push(client);
    }
    assert!(first.is_closed());
    honest.send(&honest.request());
    assert_eq!(honest.answer(), identity);
}

#[test]
fn the_oldest_connection_makes_room_if_all_are_busy() {
    let world = World::new();
    let (_served, identity, socket) = served(&world, holding(3));
    let mut busy: Vec<Client> = (0..4)
        .map(|_| {
            let mut client = Client::connect(&socket);
            client.send(&client.request()[..HEADER_LEN]);
            client
        })
        .collect();
    assert!(busy[0].is_closed());
    for client in &mut busy[1..] {
        client.send(&client.request()[HEADER_LEN..]);
        assert_eq!(client.answer(), identity);
    }
}

#[test]
fn a_server_that_may_hold_no_connection_holds_one_at_a_time() {
    let world = World::new();
    let (_served, identity, socket) = served(&world, holding(0));
    let _silent = Client::connect(&socket);
    assert_eq!(ask(&socket), identity);
}

#[test]
fn a_connection_is_closed_when_its_time_is_over() {
    let world = World::new();
    let limits = Limits {
        connection_lifetime: Duration::from_millis(1),
        ..Limits::default()
    };
    let (_served, _, socket) = served(&world, limits);
    assert!(Client::connect(&socket).is_closed());
}

#[test]
fn a_connection_is_closed_after_its_last_request() {
    let world = World::new();
    let limits = Limits {
        requests_per_connection: 2,
        connection_lifetime: NEVER,
        ..Limits::default()
    };
    let (_served, identity, socket) = served(&world, limits);
    let mut client = Client::asking(&socket);
    assert_eq!(client.answer(), identity);
    client.send(&client.request());
    assert_eq!(client.answer(), identity);
    assert!(client.is_closed());
}

#[test]
fn a_challenge_that_is_too_large_is_dropped_at_its_header() {
    let world = World::new();
    let limits = Limits {
        request_bytes: 1000,
        connection_lifetime: NEVER,
        ..Limits::default()
    };
    let (_served, identity, socket) = served(&world, limits);
    let mut largest = Client::connect(&socket);
    let mut frame = Frame::from_body(&largest.request()[HEADER_LEN..]).unwrap();
    while frame.to_bytes().len() < HEADER_LEN + 1000 {
        frame.tracestate.push('x');
    }
    largest.send(&frame.to_bytes());
    assert_eq!(largest.answer(), identity);

    let mut larger = Client::connect(&socket);
    frame.tracestate.push('x');
    larger.send(&frame.to_bytes()[..HEADER_LEN]);
    assert!(larger.is_closed());
}

#[test]
fn challenges_sent_in_one_go_are_all_answered() {
    let world = World::new();
    let (_served, identity, socket) = served(&world, holding(1));
    let mut client = Client::connect(&socket);
    client.send(&client.request().repeat(30));
    for _ in 0..30 {
        assert_eq!(client.answer(), identity);
    }
}

#[test]
fn no_more_clients_wait_than_may() {
    let world = World::new();
    let daemon = Daemon::start_patient_with_queue(&world, 3);
    // It sets the length of its queue before it answers.
    ask(daemon.socket());
    daemon.signal(Signal::SIGSTOP);
    proc::wait_for_state(daemon.pid(), 'T');
    // Linux lets one more wait.
    assert_eq!(queue(Path::new(daemon.socket()), 10).len(), 4);
}

/// As many of so many clients as can connect at once.
fn queue(socket: &Path, clients: usize) -> Vec<OwnedFd> {
    let address = SocketAddrUnix::new(socket).unwrap();
    let connect = |_| {
        let (family, kind) = (AddressFamily::UNIX, SocketType::STREAM);
        let client = rustix::net::socket_with(family, kind, SocketFlags::NONBLOCK, None).unwrap();
        match rustix::net::connect(&client, &address) {
            Ok(()) => Some(client),
            Err(error) => {
                assert_eq!(error, Errno::AGAIN);
                None
            }
        }
    };
    (0..clients).map_while(connect).collect()
}
