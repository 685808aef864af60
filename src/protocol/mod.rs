//! Protocol v1 on the socket: bytes to typed messages and back, without I/O.

pub mod challenge;
pub mod frame;

pub use challenge::{AnswerError, Challenge, Difference, ProbeRequest, RequestError};
pub use frame::{Frame, FrameError, FrameKind};
