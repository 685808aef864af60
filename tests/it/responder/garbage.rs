//! What is no challenge, in any amount.

use std::io::Write;
use std::sync::LazyLock;

use proptest::prelude::*;
use rpctl::Endpoint;
use rpctl::protocol::Frame;
use rpctl::responder::{ProbeResponder, Reply};

use super::Bounded;
use crate::support::{Client, World, this_process};

/// A well-formed challenge, altered by `edit`.
fn altered(client: &Client, edit: impl FnOnce(&mut Frame)) -> Vec<u8> {
    let mut frame = Frame::from_body(&client.request()[5..]).unwrap();
    edit(&mut frame);
    frame.to_bytes()
}

#[test]
fn a_client_that_sends_no_challenge_is_dropped() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let some = Client::connect(daemon.socket());
    for (what, bytes) in [
        ("HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("another framing version", vec![2]),
        ("4 GiB announced", vec![1, 255, 255, 255, 255]),
        ("16 MiB announced", vec![1, 0, 0, 0, 1]),
        ("one byte too many announced", vec![1, 1, 0, 1, 0]),
        ("an empty body", vec![1, 0, 0, 0, 0]),
        ("no protobuf", vec![1, 3, 0, 0, 0, 255, 255, 255]),
        ("an answer", altered(&some, |frame| frame.kind = 1)),
        ("an event", altered(&some, |frame| frame.kind = 2)),
        (
            "a broker's hello",
            altered(&some, |frame| frame.payload_protocol = 0),
        ),
        (
            "another envelope",
            altered(&some, |frame| frame.envelope_version = 2),
        ),
        (
            "compression",
            altered(&some, |frame| frame.payload_encoding = 1),
        ),
        (
            "a short nonce",
            altered(&some, |frame| frame.payload.truncate(31)),
        ),
        (
            "a long nonce",
            altered(&some, |frame| frame.payload.push(0)),
        ),
    ] {
        let mut client = Client::connect(daemon.socket());
        client.send(&bytes);
        assert!(client.is_closed(), "{what}");
    }
    daemon.assert_sound();
}

#[test]
fn bytes_after_a_challenge_cost_only_the_connection() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut client = Client::connect(daemon.socket());
    let mut bytes = client.request();
    bytes.extend_from_slice(b"\x02 and so on");
    client.send(&bytes);
    assert_eq!(client.answer().pid, daemon.pid());
    assert!(client.is_closed());
}

#[test]
fn honest_clients_are_answered_amid_a_flood_of_garbage() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    for seed in 0..300_u32 {
        let mut hostile = Client::connect(daemon.socket());
        let noise: Vec<u8> = (0..1024)
            .flat_map(|at: u32| (seed ^ at).wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        // The daemon may have hung up already.
        let _ = hostile.stream.write_all(&noise);
        daemon.assert_sound();
    }
}

proptest! {
    /// Also in pieces: what is answered, and what is not, does not depend on them.
    #[test]
    fn no_bytes_make_a_responder_panic_or_overrun(
        head in prop_oneof![Just(vec![]), Just(vec![1]), Just(vec![1, 20, 0, 0, 0])],
        tail in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        static RESPONDER: LazyLock<ProbeResponder> = LazyLock::new(|| {
            ProbeResponder::new(this_process(&Endpoint {
                namespace_id: "test".to_owned(),
                path: "/s".to_owned(),
            }))
        });
        let bytes = [head, tail].concat();
        for end in 0..=bytes.len() {
            if let Reply::Answer { consumed, .. } = RESPONDER.answer(&bytes[..end]) {
                prop_assert!(consumed <= end);
            }
        }
    }
}
