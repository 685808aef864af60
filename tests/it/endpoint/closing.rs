//! Peers that close the connection too early.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rpctl::{Reason, Verdict};
use rustix::event::{PollFd, PollFlags, poll};

use super::case::{Case, only_fault, probe, stay};
use crate::support::{World, golden_file, misbehaving, read_request, this_process};

fn golden_answer() -> Vec<u8> {
    std::fs::read(golden_file("probe-response.bin")).unwrap()
}

pub(super) fn cases() -> Vec<Case> {
    let closed = |says| (Reason::EndpointClosed, says);
    vec![
        // Before or after the challenge was sent: both happen.
        Case::treating(
            "a peer that accepts and closes at once",
            closed("the connection was closed "),
            |stream, _| drop(stream),
        ),
        Case::treating(
            "a peer that closes after reading the challenge",
            closed("the connection was closed without an answer (0 bytes received)"),
            |stream, _| drop(read_request(&stream)),
        ),
        Case::treating(
            "a peer that closes its sending side",
            closed("the connection was closed without an answer (0 bytes received)"),
            |stream, _| {
                read_request(&stream).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
                stay(stream);
            },
        ),
        Case::treating(
            "a peer that closes in the middle of its answer",
            closed("was closed in the middle of the answer (100 of 245 bytes received)"),
            |stream, _| answer_in_part(&stream, 100),
        ),
        Case::treating(
            "a peer that answers in part without reading the challenge",
            closed("was closed in the middle of the answer (7 of 245 bytes received)"),
            |mut stream, _| stream.write_all(&golden_answer()[..7]).unwrap(),
        ),
        Case::new(
            "a listener that goes with the challenge in its queue",
            closed("the connection was closed without an answer (0 bytes received)"),
            |daemon| {
                let listener = UnixListener::bind(&daemon.ipc_endpoint.path).unwrap();
                std::thread::spawn(move || {
                    poll(&mut [PollFd::new(&listener, PollFlags::IN)], None).unwrap();
                    let (stream, _) = listener.accept().unwrap();
                    // What was sent is there to be read, and is not.
                    poll(&mut [PollFd::new(&stream, PollFlags::IN)], None).unwrap();
                });
            },
        ),
    ]
}

fn answer_in_part(mut stream: &UnixStream, length: usize) {
    read_request(stream).unwrap();
    stream.write_all(&golden_answer()[..length]).unwrap();
}

#[test]
fn each_way_of_closing_too_early_has_its_own_reason() {
    for case in cases() {
        case.assert();
    }
}

#[test]
fn an_answer_that_ends_at_any_byte_is_incomplete() {
    let whole = golden_answer().len();
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let length = AtomicUsize::new(0);
    misbehaving(&identity.ipc_endpoint, move |stream| {
        answer_in_part(&stream, length.fetch_add(1, Ordering::Relaxed));
    });
    for length in 0..whole {
        let report = probe(&identity, Duration::from_secs(30));
        assert_eq!(report.verdict, Verdict::Unresponsive, "{length}");
        assert_eq!(report.reason, Some(Reason::EndpointClosed), "{length}");
        let progress = match length {
            0 => "without an answer (0 bytes received)".to_owned(),
            1..5 => format!("in the middle of the answer ({length} bytes received)"),
            _ => format!("in the middle of the answer ({length} of {whole} bytes received)"),
        };
        let detail = only_fault(&report).detail.clone().unwrap();
        assert_eq!(detail, format!("the connection was closed {progress}"));
    }
    // Whole, it is the answer to another challenge.
    let report = probe(&identity, Duration::from_secs(30));
    assert_eq!(report.reason, Some(Reason::WrongAnswer), "{report:#?}");
}
