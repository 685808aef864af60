//! The server, over a real socket: in pieces of any size, a client receives the
//! answers of the responder, within the limits, and nothing else.

#![no_main]

use std::io::{Read, Write, pipe};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rpctl::Endpoint;
use rpctl::endpoint::Listener;
use rpctl::protocol::announced_body;
use rpctl::responder::{Limits, ProbeResponder, Reply, Server};
use rpctl_fuzz::identity;

const LIMITS: Limits = Limits {
    connections: 2,
    waiting: 8,
    connection_lifetime: Duration::MAX,
    requests_per_connection: 5,
    request_bytes: 100,
};

/// The path of a socket that is served until the process ends.
static SOCKET: LazyLock<String> = LazyLock::new(|| {
    // Never removed: libFuzzer exits without running destructors.
    let directory = tempfile::tempdir().unwrap().keep();
    let path = directory.join("s").display().to_string();
    let endpoint = Endpoint {
        namespace_id: "fuzz".to_owned(),
        path: path.clone(),
    };
    let listener = Listener::bind(&endpoint).unwrap();
    thread::spawn(move || {
        let (stop, _kept) = pipe().unwrap();
        let server = Server::new(listener, ProbeResponder::new(identity()), LIMITS);
        server.run(stop, None).unwrap();
    });
    path
});

fuzz_target!(|data: &[u8]| {
    let mut client = UnixStream::connect(&*SOCKET).unwrap();
    let piece = 1 + data.iter().map(|&byte| usize::from(byte)).sum::<usize>() % 61;
    for piece in data.chunks(piece) {
        // The server may have closed the connection.
        if client.write_all(piece).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Write);
    let mut answers = Vec::new();
    // Unread bytes reset the connection after the last answer.
    let _ = client.read_to_end(&mut answers);
    assert_eq!(answers, expected(data));
});

/// Returns the answers of the responder to all bytes at once.
fn expected(mut data: &[u8]) -> Vec<u8> {
    let responder = ProbeResponder::new(identity());
    let mut answers = Vec::new();
    for _ in 0..LIMITS.requests_per_connection {
        if announced_body(data).is_ok_and(|body| body > Some(LIMITS.request_bytes)) {
            break;
        }
        let Reply::Answer { consumed, bytes } = responder.answer(data) else {
            break;
        };
        answers.extend(bytes);
        data = &data[consumed..];
    }
    answers
}
