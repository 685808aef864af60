//! Framing: what has come so far is judged as the protocol says, byte for byte
//! and wherever it is cut.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpctl::protocol::frame::{Frame, HEADER_LEN, MAX_BODY, announced_body, complete_body};
use rpctl_fuzz::within;

fuzz_target!(|received: &[u8]| {
    for end in 0..=received.len() {
        let so_far = &received[..end];
        let found = within(0, || complete_body(so_far));
        assert_eq!(found.clone().map_err(drop), expected(so_far), "{found:?}");
        assert_eq!(announced_body(so_far).is_err(), found.is_err());
    }
    let Ok(Some(body)) = complete_body(received) else {
        return;
    };
    // Every field that takes space has at least a byte for each byte of it.
    let most = 1024 + 4 * body.len();
    let Ok(frame) = within(most, || Frame::from_body(body)) else {
        return;
    };
    let bytes = frame.to_bytes();
    match complete_body(&bytes) {
        Ok(Some(body)) => assert_eq!(Frame::from_body(body).as_ref(), Ok(&frame)),
        // What is written in the shortest way may not be what was received.
        other => assert!(bytes.len() > HEADER_LEN + MAX_BODY, "{other:?}"),
    }
});

/// The protocol's own words: the body, nothing yet, or never.
fn expected(received: &[u8]) -> Result<Option<&[u8]>, ()> {
    match received {
        [] => Ok(None),
        [1, rest @ ..] => match rest.split_first_chunk() {
            None => Ok(None),
            Some((length, rest)) => match u32::from_le_bytes(*length) {
                length @ ..=65_536 => Ok(rest.get(..length as usize)),
                _ => Err(()),
            },
        },
        _ => Err(()),
    }
}
