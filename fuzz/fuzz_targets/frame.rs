//! Framing: a prefix of any length is accepted or refused as the protocol demands.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpctl::protocol::{Frame, HEADER_LEN, MAX_BODY, announced_body, complete_body};
use rpctl_fuzz::within;

fuzz_target!(|received: &[u8]| {
    for end in 0..=received.len() {
        let prefix = &received[..end];
        let found = within(0, || complete_body(prefix));
        assert_eq!(found.clone().map_err(drop), expected(prefix), "{found:?}");
        assert_eq!(announced_body(prefix).is_err(), found.is_err());
    }
    let Ok(Some(body)) = complete_body(received) else {
        return;
    };
    // Texts and bytes take no more room than in the body.
    let most = 1024 + 4 * body.len();
    let Ok(frame) = within(most, || Frame::from_body(body)) else {
        return;
    };
    let bytes = frame.to_bytes();
    match complete_body(&bytes) {
        Ok(Some(body)) => assert_eq!(Frame::from_body(body).as_ref(), Ok(&frame)),
        // A negative number takes ten bytes, and may have been received in five.
        other => assert!(bytes.len() > HEADER_LEN + MAX_BODY, "{other:?}"),
    }
});

/// Returns the result by the rules of the protocol: the body, `None` for an incomplete
/// one, or an error.
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
