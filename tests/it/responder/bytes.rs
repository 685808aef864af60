//! The responder next to a daemon's own protocol, from bytes to bytes.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use rpctl::protocol::Challenge;
use rpctl::protocol::{Frame, HEADER_LEN};
use rpctl::responder::{ProbeResponder, Reply};
use rpctl::{DaemonProcess, Endpoint};

use crate::support::{PATIENCE, this_process};

fn responder() -> (ProbeResponder, DaemonProcess) {
    let identity = this_process(&Endpoint {
        namespace_id: "test".to_owned(),
        path: "/run/test.sock".to_owned(),
    });
    (ProbeResponder::new(identity.clone()), identity)
}

/// Two ends of a connection, on which no read lasts for ever.
fn pair() -> (UnixStream, UnixStream) {
    let (client, server) = UnixStream::pair().unwrap();
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
    }
    (client, server)
}

#[test]
fn a_challenge_is_answered_with_its_last_byte_and_not_before() {
    let (responder, identity) = responder();
    let challenge = Challenge::fresh().unwrap();
    let request = challenge.request();
    for end in 0..request.len() {
        assert_eq!(responder.answer(&request[..end]), Reply::NeedMore, "{end}");
    }
    let Reply::Answer { consumed, bytes } = responder.answer(&request) else {
        panic!("no answer");
    };
    assert_eq!(consumed, request.len());
    let answer = challenge.read_answer(&bytes[HEADER_LEN..]).unwrap();
    assert_eq!(answer, identity);
}

#[test]
fn what_follows_a_challenge_is_left_for_others() {
    let (responder, _) = responder();
    let mut bytes = Challenge::fresh().unwrap().request();
    let length = bytes.len();
    bytes.extend_from_slice(b"something else");
    let Reply::Answer { consumed, .. } = responder.answer(&bytes) else {
        panic!("no answer");
    };
    assert_eq!(consumed, length);
}

#[test]
fn the_trace_context_of_a_challenge_comes_back_with_the_answer() {
    let (responder, _) = responder();
    let request = Challenge::fresh().unwrap().request();
    let mut frame = Frame::from_body(&request[HEADER_LEN..]).unwrap();
    frame.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    frame.tracestate = "vendor=value".to_owned();
    let Reply::Answer { bytes, .. } = responder.answer(&frame.to_bytes()) else {
        panic!("no answer");
    };
    let answer = Frame::from_body(&bytes[HEADER_LEN..]).unwrap();
    assert_eq!(
        (answer.traceparent, answer.tracestate, answer.request_id),
        (frame.traceparent, frame.tracestate, frame.request_id)
    );
}

#[test]
fn serving_a_stream_takes_one_challenge_from_it() {
    let (responder, identity) = responder();
    let (mut client, mut server) = pair();
    let challenge = Challenge::fresh().unwrap();
    client.write_all(&challenge.request()).unwrap();
    client.write_all(b"something else").unwrap();
    responder.serve(&server).unwrap();

    let mut rest = [0; 14];
    server.read_exact(&mut rest).unwrap();
    assert_eq!(&rest, b"something else");
    drop(server);
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    let answer = challenge.read_answer(&answer[HEADER_LEN..]).unwrap();
    assert_eq!(answer, identity);
}

#[test]
fn a_client_that_left_differs_from_one_that_sends_nonsense() {
    let (responder, _) = responder();
    let request = Challenge::fresh().unwrap().request();
    for (bytes, kind) in [
        (&b""[..], ErrorKind::UnexpectedEof),
        (&request[..20], ErrorKind::UnexpectedEof),
        (b"GET / HTTP/1.1\r\n", ErrorKind::InvalidData),
        (b"\x01\xff\xff\xff\xff", ErrorKind::InvalidData),
    ] {
        let (mut client, server) = pair();
        client.write_all(bytes).unwrap();
        drop(client);
        assert_eq!(responder.serve(&server).unwrap_err().kind(), kind);
    }
}
