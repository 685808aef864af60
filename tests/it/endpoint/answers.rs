//! Peers that answer something else.

use std::io::Write;
use std::os::unix::net::UnixStream;

use prost::Message;
use rpctl::protocol::{Frame, FrameKind, ProbeRequest};
use rpctl::protocol::{HEADER_LEN, MAX_BODY};
use rpctl::record::DaemonProcessMessage;
use rpctl::{DaemonProcess, Reason};

use super::case::{Case, stay};
use crate::support::{World, check, misbehaving, read_request, this_process};

const OTHER: Reason = Reason::NotProbeProtocol;
const WRONG: Reason = Reason::WrongAnswer;

/// Peers that send these bytes, whatever they are asked, and nothing more.
fn raw() -> Vec<Case> {
    let case = |what, says, bytes: Vec<u8>| {
        Case::treating(what, (OTHER, says), move |mut stream, _| {
            // The client may leave as soon as it has seen enough.
            let _ = stream.write_all(&bytes);
            stay(stream);
        })
    };
    let announcing = |length: u32, body: &[u8]| [&[1], &length.to_le_bytes()[..], body].concat();
    let no_frame = |body: &[u8]| announcing(body.len().try_into().unwrap(), body);
    let most = u32::try_from(MAX_BODY).unwrap();
    vec![
        case(
            "random bytes",
            "the first byte is 0x9e, not framing version 1",
            b"\x9e\x37\x79\xb9\x7f\x4a\x7c\x15\xf3\x9c\xc0\x60\x5c\xed\xc8\x34".to_vec(),
        ),
        case(
            "HTTP",
            "the first byte is 0x48 ('H'), not framing version 1",
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        case(
            "framing version 2",
            "the first byte is 0x02, not framing version 1",
            b"\x02\x00\x00\x00\x00".to_vec(),
        ),
        case(
            "4 GiB announced",
            "a body of 4294967295 bytes is announced; at most 65536",
            announcing(u32::MAX, b""),
        ),
        case(
            "16 MiB announced, and nothing more",
            "a body of 16777216 bytes is announced; at most 65536",
            announcing(16 << 20, b""),
        ),
        case(
            "one byte too many announced",
            "a body of 65537 bytes is announced; at most 65536",
            announcing(most + 1, b""),
        ),
        case(
            "an empty body",
            "the answer has envelope version 0, expected 1",
            no_frame(b""),
        ),
        case(
            "text in a frame",
            "the body is no protobuf frame",
            no_frame(b"500 internal error"),
        ),
        // Field 15 as a group within a group within a group.
        case(
            "protobuf nested 65,536 deep",
            "the body is no protobuf frame",
            no_frame(&vec![0x7b; MAX_BODY]),
        ),
        case(
            "protobuf that claims to hold 4 GiB",
            "the body is no protobuf frame",
            no_frame(b"\x22\xff\xff\xff\xff\x0f"),
        ),
    ]
}

/// The right answer, altered by `alter`.
fn altered(
    what: &'static str,
    expected: (Reason, &'static str),
    alter: impl Fn(&mut Frame) + Clone + Send + 'static,
) -> Case {
    Case::treating(what, expected, move |stream, identity| {
        answer(&stream, identity, &alter);
    })
}

/// Answer a challenge with a frame that `alter` changes.
pub(super) fn answer(
    mut stream: &UnixStream,
    identity: &DaemonProcess,
    alter: impl Fn(&mut Frame),
) {
    let request = ProbeRequest::from_body(&read_request(stream).unwrap()).unwrap();
    let right = request.answer(identity);
    let mut frame = Frame::from_body(&right[HEADER_LEN..]).unwrap();
    alter(&mut frame);
    stream.write_all(&frame.to_bytes()).unwrap();
}

fn envelopes() -> Vec<Case> {
    vec![
        altered(
            "another envelope version",
            (OTHER, "the answer has envelope version 2, expected 1"),
            |frame| frame.envelope_version = 2,
        ),
        altered(
            "another payload protocol",
            (
                OTHER,
                "the answer has payload protocol 0xad01, expected 0xb232",
            ),
            |frame| frame.payload_protocol = 0xad01,
        ),
        altered(
            "a broker's refusal",
            (OTHER, "a broker's control message"),
            |frame| frame.payload_protocol = 0,
        ),
        altered(
            "a request for an answer",
            (WRONG, "the answer is of kind 0, expected 1 (response)"),
            |frame| frame.kind = FrameKind::Request as i32,
        ),
        altered(
            "a kind that does not exist",
            (WRONG, "the answer is of kind -7, expected 1 (response)"),
            |frame| frame.kind = -7,
        ),
        altered(
            "a compressed payload",
            (
                WRONG,
                "the answer's payload has encoding 1, expected 0 (none)",
            ),
            |frame| frame.payload_encoding = 1,
        ),
        altered(
            "another request's ID",
            (WRONG, "the answer belongs to another request"),
            |frame| frame.request_id ^= 1,
        ),
        altered(
            "another nonce",
            (WRONG, "the answer does not repeat the nonce"),
            |frame| frame.payload[31] ^= 1,
        ),
        altered(
            "a payload shorter than the nonce",
            (
                WRONG,
                "the answer's payload has 31 bytes, fewer than the nonce",
            ),
            |frame| frame.payload.truncate(31),
        ),
    ]
}

fn identities() -> Vec<Case> {
    let with = |what, says, alter: fn(&mut DaemonProcessMessage)| {
        altered(what, (WRONG, says), move |frame| {
            let mut message = DaemonProcessMessage::decode(&frame.payload[32..]).unwrap();
            alter(&mut message);
            frame.payload.truncate(32);
            message.encode(&mut frame.payload).unwrap();
        })
    };
    vec![
        altered(
            "no identity after the nonce",
            (WRONG, "names no endpoint"),
            |frame| frame.payload.truncate(32),
        ),
        altered(
            "an identity that is no protobuf",
            (WRONG, "the identity in the answer cannot be decoded"),
            |frame| frame.payload[33..].fill(0xff),
        ),
        altered(
            "an identity nested 30,000 deep",
            (WRONG, "the identity in the answer cannot be decoded"),
            |frame| frame.payload.extend(std::iter::repeat_n(0x7b, 30_000)),
        ),
        with(
            "an identity without an endpoint",
            "names no endpoint",
            |identity| {
                identity.ipc_endpoint = None;
            },
        ),
        with(
            "a digest of 31 bytes",
            "exe_sha256 has 31 bytes instead of 32",
            |identity| identity.exe_sha256.truncate(31),
        ),
        with(
            "a digest of an unknown kind",
            "exe_hash_algorithm is \"md5\"; only \"blake3\" is known",
            |identity| "md5".clone_into(&mut identity.exe_hash_algorithm),
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    [raw(), envelopes(), identities()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn whatever_is_no_right_answer_is_named_for_the_rule_it_breaks() {
    for case in cases() {
        case.assert();
    }
}

#[test]
fn a_broker_is_called_one() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let record = world.sidecar("s.json", &identity);
    let answerer = identity.clone();
    misbehaving(&identity.ipc_endpoint, move |stream| {
        answer(&stream, &answerer, |frame| {
            frame.payload_protocol = 0;
            frame.payload = b"\x08\x01\x12\x07refused".to_vec();
        });
    });
    let document =
        world
            .probe(&record)
            .assert_verdict(6, "unresponsive", Some("not_probe_protocol"));
    assert_eq!(check(&document, "nonce")["actual"], "a broker");
    let hint = document["hints"][0].as_str().unwrap();
    assert!(hint.contains("this socket is a broker's"), "{hint}");
}
