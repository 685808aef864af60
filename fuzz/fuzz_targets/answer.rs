//! Answers: only one with the right nonce is accepted, its identity is read without
//! loss, and the memory is proportional to the size of the answer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpctl::protocol::differences;
use rpctl::protocol::{Challenge, ProbeRequest};
use rpctl::protocol::{Frame, HEADER_LEN, complete_body};
use rpctl_fuzz::within;

fuzz_target!(|data: &[u8]| {
    let body = complete_body(data).ok().flatten().unwrap_or(data);
    let most = 4096 + 8 * body.len();
    let (challenge, other) = challenges(body);
    let answered = within(most, || challenge.read_answer(body));
    // This challenge differs in one bit of the nonce.
    let refused = other.read_answer(body).unwrap_err();
    let Ok(identity) = answered else {
        return;
    };
    assert!(!refused.is_other_protocol(), "{refused}");
    assert_eq!(differences(&identity, &identity), []);

    let request = challenge.request();
    let request = ProbeRequest::from_body(&request[HEADER_LEN..]).unwrap();
    let answer = request.answer(&identity);
    assert_eq!(challenge.read_answer(&answer[HEADER_LEN..]), Ok(identity));
});

/// Returns the challenge with the nonce of the body, if there is one, and another
/// challenge.
fn challenges(body: &[u8]) -> (Challenge, Challenge) {
    let frame = Frame::from_body(body).unwrap_or_default();
    let mut nonce = frame.payload.first_chunk().copied().unwrap_or_default();
    let right = Challenge::with_nonce(nonce);
    nonce[31] ^= 1;
    (right, Challenge::with_nonce(nonce))
}
