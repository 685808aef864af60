//! Peers that keep a client waiting.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rpctl::protocol::ProbeRequest;
use rpctl::{DaemonProcess, Reason, Verdict};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};

use super::case::{Case, probe, stay};
use crate::support::{World, misbehaving, read_request, this_process};

/// Late within a long budget.
const LATE: Duration = Duration::from_secs(1);

/// Later than the end of any budget that is used up, on a busy machine too.
const TOO_LATE: Duration = Duration::from_mins(1);

pub(super) fn cases() -> Vec<Case> {
    let silent = |says| (Reason::EndpointSilent, says);
    vec![
        Case::new(
            "a listener that never accepts",
            silent("without an answer (0 bytes received)"),
            |daemon| UnixListener::bind(&daemon.ipc_endpoint.path).unwrap(),
        ),
        Case::new(
            "a listener whose queue is full",
            (
                Reason::EndpointBusy,
                "the listener's queue stayed full for ",
            ),
            |daemon| full_listener(Path::new(&daemon.ipc_endpoint.path)),
        ),
        Case::treating(
            "a peer that accepts and says nothing",
            silent("without an answer (0 bytes received)"),
            |stream, _| stay(stream),
        ),
        Case::treating(
            "a peer that answers one byte every 100 ms",
            silent("in the middle of the answer ("),
            |stream, identity| answer_slowly(&stream, identity, Duration::from_millis(100)),
        ),
        Case::treating(
            "a peer that announces more than it sends",
            silent("in the middle of the answer (5 of 60005 bytes received)"),
            |mut stream, _| {
                stream.write_all(&[1, 0x60, 0xea, 0, 0]).unwrap();
                stay(stream);
            },
        ),
        Case::treating(
            "a peer that stops within the header",
            silent("in the middle of the answer (4 bytes received)"),
            |mut stream, _| {
                stream.write_all(&[1, 0, 1, 0]).unwrap();
                stay(stream);
            },
        ),
        Case::treating(
            "a peer that answers after the deadline",
            silent("without an answer (0 bytes received)"),
            |stream, identity| answer_late(stream, identity, TOO_LATE),
        ),
    ]
}

/// A listener with room for one client, and the client that has it.
fn full_listener(path: &Path) -> (UnixListener, UnixStream) {
    let socket = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
    bind(&socket, &SocketAddrUnix::new(path).unwrap()).unwrap();
    listen(&socket, 0).unwrap();
    (socket.into(), UnixStream::connect(path).unwrap())
}

/// The right answer to the request that a client sends.
fn right_answer(stream: &UnixStream, identity: &DaemonProcess) -> io::Result<Vec<u8>> {
    let request = ProbeRequest::from_body(&read_request(stream)?).unwrap();
    Ok(request.answer(identity))
}

/// Whether the client is still there after a pause.
fn stays_for(mut stream: &UnixStream, pause: Duration) -> bool {
    stream.set_read_timeout(Some(pause)).unwrap();
    let read = stream.read(&mut [0]);
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Give the right answer byte by byte, as long as the client listens.
fn answer_slowly(mut stream: &UnixStream, identity: &DaemonProcess, pause: Duration) {
    for byte in right_answer(stream, identity).unwrap() {
        if stream.write_all(&[byte]).is_err() || !stays_for(stream, pause) {
            return;
        }
    }
}

fn answer_late(mut stream: UnixStream, identity: &DaemonProcess, late: Duration) {
    let answer = right_answer(&stream, identity).unwrap();
    if stays_for(&stream, late) {
        stream.write_all(&answer).unwrap();
    }
}

#[test]
fn a_silent_peer_is_given_up_with_what_was_received() {
    for case in cases() {
        case.assert();
    }
}

#[test]
fn an_answer_that_comes_byte_by_byte_is_as_good_as_any() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let answerer = identity.clone();
    misbehaving(&identity.ipc_endpoint, move |stream| {
        answer_slowly(&stream, &answerer, Duration::from_micros(100));
    });
    let report = probe(&identity, Duration::from_mins(1));
    assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
}

#[test]
fn a_late_answer_is_taken_within_a_longer_budget() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let answerer = identity.clone();
    misbehaving(&identity.ipc_endpoint, move |stream| {
        answer_late(stream, &answerer, LATE);
    });
    for budget in [Duration::from_mins(1), Duration::MAX] {
        let report = probe(&identity, budget);
        assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
        assert!(report.elapsed >= LATE);
    }
}

#[test]
fn a_listener_that_is_busy_for_a_while_is_tried_again() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let (listener, first) = full_listener(Path::new(&identity.ipc_endpoint.path));
    let answerer = identity.clone();
    let server = std::thread::spawn(move || {
        assert!(stays_for(&first, Duration::from_millis(100)));
        let waiting = listener.accept().unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let answer = right_answer(&stream, &answerer).unwrap();
        stream.write_all(&answer).unwrap();
        drop((waiting, first));
    });
    let report = probe(&identity, Duration::from_mins(1));
    assert_eq!(report.verdict, Verdict::Verified, "{report:#?}");
    server.join().unwrap();
}

#[test]
fn waiting_for_a_full_queue_costs_no_computing_time() {
    let world = World::new();
    let mut daemon = Command::new("sleep").arg("1000").spawn().unwrap();
    let mut identity = this_process(&world.endpoint("s"));
    identity.pid = daemon.id();
    let (_listener, client) = full_listener(Path::new(&identity.ipc_endpoint.path));
    let killer = std::thread::spawn(move || {
        assert!(stays_for(&client, Duration::from_millis(100)));
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        client
    });
    let budget = Duration::from_secs(2);
    let before = computing_time();
    probe(&identity, budget);
    let spent = computing_time().saturating_sub(before);
    killer.join().unwrap();
    assert!(spent < budget / 4, "{spent:?}");
}

fn computing_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).unwrap();
    let total = usage.user_time() + usage.system_time();
    Duration::from_micros(total.num_microseconds().unsigned_abs())
}
