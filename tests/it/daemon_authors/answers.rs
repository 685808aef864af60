//! What the daemons answer, and what they do not.

use std::os::unix::net::UnixStream;

use rpctl::protocol::{Challenge, Frame, HEADER_LEN};

use super::authors::{PAGE, authors};
use crate::support::{Client, ask, block};

#[test]
fn the_daemon_in_rust_is_the_example() {
    let example = include_str!("../../../examples/daemon.rs");
    assert_eq!(block(PAGE, "rust", "Listener::bind"), example);
}

#[test]
fn each_daemon_answers_one_challenge_after_the_other() {
    for author in authors() {
        let daemon = author.start();
        let silent = UnixStream::connect(author.socket()).unwrap();
        assert_eq!(ask(author.socket()).pid, daemon.0.id());
        author.assert_verified(&daemon);
        drop(silent);

        // In pieces, two in a row on one connection, and with a trace context.
        let mut client = Client::connect(author.socket());
        let request = client.request();
        for piece in request.chunks(7) {
            client.send(piece);
        }
        client.answer();
        let mut frame = Frame::from_body(&request[HEADER_LEN..]).unwrap();
        frame.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
        frame.tracestate = "vendor=value".repeat(100);
        client.send(&frame.to_bytes());
        let answer = client.frame();
        assert_eq!(
            (answer.traceparent, answer.tracestate, answer.request_id),
            (frame.traceparent, frame.tracestate, frame.request_id)
        );
    }
}

/// Bytes that are no challenge.
fn garbage() -> Vec<Vec<u8>> {
    let request = Challenge::fresh().unwrap().request();
    let frame = Frame::from_body(&request[HEADER_LEN..]).unwrap();
    let with = |edit: fn(&mut Frame)| {
        let mut frame = frame.clone();
        edit(&mut frame);
        frame.to_bytes()
    };
    let framed = |body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [&[1], &length[..], body].concat()
    };
    vec![
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        b"\x01\xff\xff\xff\xff".to_vec(),
        // A number without end, a field that is cut off, a nonce that is a number, and a
        // wire type that the protocol does not have.
        framed(&[0xff; 20]),
        framed(b"\x22\x7fx"),
        framed(b"\x08\x01\x18\xb2\xe4\x02\x20\x07"),
        framed(b"\x09\x01\x02\x03\x04\x05\x06\x07\x08"),
        with(|frame| frame.envelope_version = 2),
        with(|frame| frame.kind = 1),
        with(|frame| frame.payload_protocol = 0xB233),
        with(|frame| frame.payload_encoding = 1),
        with(|frame| frame.payload.truncate(31)),
        with(|frame| frame.payload.push(0)),
    ]
}

#[test]
fn each_daemon_drops_whatever_is_no_challenge() {
    for author in authors() {
        let daemon = author.start();
        for bytes in garbage() {
            let mut client = Client::connect(author.socket());
            client.send_if_open(&bytes);
            assert!(client.is_closed(), "{bytes:?}");
        }
        author.assert_verified(&daemon);
    }
}
