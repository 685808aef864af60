//! Protocol v1 on the socket: bytes to typed messages and back, without I/O.
//!
//! A client sends a [`Challenge`] with a fresh nonce. The daemon reads it as a
//! [`ProbeRequest`] and answers with its identity and the same nonce. Both travel in a
//! [`Frame`].

mod challenge;
mod frame;

pub use challenge::{
    AnswerError, Challenge, Difference, NONCE_LEN, ProbeRequest, RequestError, differences,
};
pub use frame::{
    ENVELOPE_VERSION, FRAMING_VERSION, Frame, FrameError, FrameKind, HEADER_LEN, MAX_BODY,
    PROBE_PROTOCOL, announced_body, complete_body,
};
