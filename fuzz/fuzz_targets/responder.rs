//! The responder without I/O: its decision about a prefix holds for the whole, its
//! answers are correct, and from a stream it reads no byte beyond the request.

#![no_main]

use std::io::{self, Read, Write};

use libfuzzer_sys::fuzz_target;
use rpctl::protocol::Challenge;
use rpctl::protocol::{Frame, HEADER_LEN};
use rpctl::responder::{ProbeResponder, Reply};
use rpctl_fuzz::{identity, within};

fuzz_target!(|received: &[u8]| {
    let responder = ProbeResponder::new(identity());
    let most = 4096 + 8 * received.len();
    let whole = within(most, || responder.answer(received));
    let decided = (0..=received.len()).find(|&end| {
        let reply = responder.answer(&received[..end]);
        assert!(reply == Reply::NeedMore || reply == whole);
        reply != Reply::NeedMore
    });
    assert_eq!(decided.is_none(), whole == Reply::NeedMore);
    if let Reply::Answer { consumed, bytes } = &whole {
        assert_eq!(decided, Some(*consumed));
        assert_right(&received[HEADER_LEN..*consumed], &bytes[HEADER_LEN..]);
    }
    assert_serves(&responder, received, &whole);
});

/// Asserts that an answer is the correct one to a request.
fn assert_right(request: &[u8], answer: &[u8]) {
    let request = Frame::from_body(request).unwrap();
    let nonce = request.payload.try_into().unwrap();
    let frame = Frame::from_body(answer).unwrap();
    assert_eq!(
        (frame.request_id, frame.traceparent, frame.tracestate),
        (request.request_id, request.traceparent, request.tracestate)
    );
    let challenge = Challenge::with_nonce(nonce);
    // The answer repeats the ID of the request, which may be another than the
    // challenge would choose.
    let own = Frame::from_body(&challenge.request()[HEADER_LEN..]).unwrap();
    if own.request_id == request.request_id {
        assert_eq!(challenge.read_answer(answer), Ok(identity()));
    }
}

/// Asserts that serving a stream has the same result as `whole`, in pieces of any size.
fn assert_serves(responder: &ProbeResponder, received: &[u8], whole: &Reply) {
    for piece in [1, 7, usize::MAX] {
        let mut stream = Pieces {
            left: received,
            piece,
            written: Vec::new(),
        };
        let served = responder.serve(&mut stream);
        let taken = received.len() - stream.left.len();
        match whole {
            Reply::Answer { consumed, bytes } => {
                served.unwrap();
                assert_eq!((taken, &stream.written), (*consumed, bytes));
            }
            Reply::NeedMore => {
                assert_eq!(served.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
            }
            Reply::Reject(_) => {
                let kind = served.unwrap_err().kind();
                // A whole header is read before its first byte is examined.
                let is_short = received.len() < HEADER_LEN;
                let expected = [io::ErrorKind::InvalidData, io::ErrorKind::UnexpectedEof];
                assert_eq!(kind, expected[usize::from(is_short)]);
                assert!(stream.written.is_empty());
            }
        }
    }
}

/// A stream that reads and writes at most `piece` bytes at a time.
struct Pieces<'a> {
    left: &'a [u8],
    piece: usize,
    written: Vec<u8>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.piece);
        self.left.read(&mut buffer[..most])
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = bytes.len().min(self.piece);
        self.written.write(&bytes[..most])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
