//! The golden exchange: requests and answers byte for byte, and what is left of
//! them when bytes are missing.

use rpctl::protocol::{AnswerError, Challenge, Frame, ProbeRequest};
use rpctl::protocol::{HEADER_LEN, complete_body};
use rpctl::record::load;
use rpctl::{DaemonProcess, Endpoint};

use crate::support::golden_file;

/// The answers, and the record of the daemon that gave each.
const ANSWERS: [(&str, &str); 3] = [
    ("probe-response.bin", "sidecar-fixed.json"),
    ("probe-response-noidle.bin", "sidecar-fixed-noidle.json"),
    ("blake3-probe-response.bin", "blake3-sidecar.json"),
];

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(golden_file(name)).unwrap()
}

fn challenge() -> Challenge {
    Challenge::with_nonce(std::array::from_fn(|at| at.try_into().unwrap()))
}

fn daemon(record: &str) -> DaemonProcess {
    load(&golden_file(record)).unwrap().daemon().unwrap()
}

fn body(message: &[u8]) -> &[u8] {
    let body = complete_body(message).unwrap().unwrap();
    assert_eq!(body.len() + HEADER_LEN, message.len());
    body
}

#[test]
fn a_request_has_the_bytes_of_the_established_client() {
    assert_eq!(challenge().request(), golden("probe-request.bin"));
}

#[test]
fn answers_have_the_bytes_of_the_established_server() {
    let request = golden("probe-request.bin");
    let request = ProbeRequest::from_body(body(&request)).unwrap();
    for (answer, record) in ANSWERS {
        assert_eq!(request.answer(&daemon(record)), golden(answer), "{answer}");
    }
}

#[test]
fn answers_of_both_generations_are_read_as_their_identity() {
    for (answer, record) in ANSWERS {
        let read = challenge().read_answer(body(&golden(answer))).unwrap();
        assert_eq!(read, daemon(record), "{answer}");
    }
}

#[test]
fn a_zero_digest_at_the_end_of_an_answer_means_not_supplied() {
    let answer = golden("blake3-probe-response.bin");
    let mut frame = Frame::from_body(body(&answer)).unwrap();
    let sha256 = frame.payload.len() - 32;
    frame.payload[sha256..].fill(0);
    let read = challenge().read_answer(body(&frame.to_bytes())).unwrap();
    let mut expected = daemon("blake3-sidecar.json");
    expected.exe_digest.sha256 = None;
    assert_eq!(read, expected);
}

#[test]
fn a_traced_request_gets_its_trace_back() {
    let request = golden("probe-request-traced.bin");
    let traced = ProbeRequest::from_body(body(&request)).unwrap();
    let answer = traced.answer(&daemon("sidecar-fixed.json"));
    let mut frame = Frame::from_body(body(&answer)).unwrap();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assert_eq!((&*frame.traceparent, &*frame.tracestate), (trace, "rp=1"));
    frame.traceparent.clear();
    frame.tracestate.clear();
    assert_eq!(frame.to_bytes(), golden("probe-response.bin"));
    assert!(challenge().read_answer(body(&answer)).is_ok());
}

#[test]
fn a_message_is_complete_only_with_its_last_byte() {
    for name in ANSWERS
        .map(|(answer, _)| answer)
        .iter()
        .chain(&["probe-request.bin", "probe-request-traced.bin"])
    {
        let message = golden(name);
        for end in 0..message.len() {
            let read = complete_body(&message[..end]);
            assert_eq!(read, Ok(None), "{name}, {end} bytes");
        }
        // What follows belongs to the next message.
        let two = [&*message, b"\x01\xff\xff"].concat();
        assert_eq!(
            complete_body(&two),
            Ok(Some(&message[HEADER_LEN..])),
            "{name}"
        );
    }
}

#[test]
fn no_part_of_an_answer_passes_for_one() {
    for (name, _) in ANSWERS {
        let answer = golden(name);
        let whole = body(&answer);
        for end in 0..whole.len() {
            let read = challenge().read_answer(&whole[..end]);
            assert!(read.is_err(), "{name}, {end} bytes: {read:?}");
        }
    }
}

#[test]
fn no_part_of_a_request_passes_for_the_whole() {
    let request = golden("probe-request-traced.bin");
    let whole = ProbeRequest::from_body(body(&request)).unwrap();
    for end in 0..body(&request).len() {
        let read = ProbeRequest::from_body(&body(&request)[..end]);
        assert_ne!(read.as_ref(), Ok(&whole), "{end} bytes");
    }
}

#[test]
fn the_answer_to_another_challenge_is_refused() {
    let answer = golden("probe-response.bin");
    let mut nonce = *challenge().nonce();
    nonce[31] ^= 1;
    let refused = Challenge::with_nonce(nonce).read_answer(body(&answer));
    assert_eq!(refused, Err(AnswerError::Nonce(*challenge().nonce())));
    nonce[0] ^= 1;
    let refused = Challenge::with_nonce(nonce).read_answer(body(&answer));
    assert_eq!(refused, Err(AnswerError::RequestId));
}

#[test]
fn an_answer_names_the_endpoint_it_was_given_on() {
    let request = golden("probe-request.bin");
    let mut second = daemon("sidecar-fixed.json");
    second.ipc_endpoint = Endpoint {
        namespace_id: "second".to_owned(),
        path: "/run/second.sock".to_owned(),
    };
    let answer = ProbeRequest::from_body(body(&request))
        .unwrap()
        .answer(&second);
    let read = challenge().read_answer(body(&answer)).unwrap();
    assert_eq!(read.ipc_endpoint, second.ipc_endpoint);
}
