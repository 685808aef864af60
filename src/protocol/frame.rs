//! Frames: a version byte, the length of the body as a little-endian `u32`, and a body
//! in protobuf.

use prost::Message;

/// The first byte of a frame of protocol v1.
pub const FRAMING_VERSION: u8 = 1;

/// The `envelope_version` of protocol v1.
pub const ENVELOPE_VERSION: u32 = 1;

/// The `payload_protocol` of a challenge and its answer.
pub const PROBE_PROTOCOL: u32 = 0xB232;

/// The length of the header before a body, in bytes.
pub const HEADER_LEN: usize = 5;

/// The length of the largest accepted body, in bytes.
///
/// The format allows 16 MiB. A challenge or its answer needs a few hundred bytes, and an
/// unverified peer must not make this process allocate more.
pub const MAX_BODY: usize = 64 * 1024;

/// A message of protocol v1.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Frame {
    /// [`ENVELOPE_VERSION`].
    #[prost(uint32, tag = "1")]
    pub envelope_version: u32,
    /// One of [`FrameKind`].
    #[prost(int32, tag = "2")]
    pub kind: i32,
    /// Protocol of the payload; [`PROBE_PROTOCOL`] for a challenge.
    #[prost(uint32, tag = "3")]
    pub payload_protocol: u32,
    /// Payload.
    #[prost(bytes = "vec", tag = "4")]
    pub payload: Vec<u8>,
    /// Number that an answer has in common with its request.
    #[prost(uint64, tag = "5")]
    pub request_id: u64,
    /// Compression of the payload: 0 none, 1 zstd, 2 snappy, 3 lz4.
    #[prost(int32, tag = "6")]
    pub payload_encoding: i32,
    /// Time at which the sender stops waiting, in milliseconds since the Unix epoch; 0 if
    /// not given.
    #[prost(uint64, tag = "7")]
    pub deadline_unix_ms: u64,
    /// `traceparent` of the [W3C trace context](https://www.w3.org/TR/trace-context/).
    #[prost(string, tag = "8")]
    pub traceparent: String,
    /// `tracestate` of the W3C trace context.
    #[prost(string, tag = "9")]
    pub tracestate: String,
}

/// The kind of a [`Frame`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum FrameKind {
    /// A request.
    Request = 0,
    /// The answer to a request.
    Response = 1,
    /// A message without a request.
    Event = 2,
    /// The withdrawal of a request.
    Cancel = 3,
}

/// An error that makes bytes unreadable as a frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The first byte is not [`FRAMING_VERSION`]: another protocol.
    #[error("the first byte is {}, not framing version 1", byte(*.0))]
    FramingVersion(u8),
    /// The announced body is larger than [`MAX_BODY`].
    #[error("a body of {0} bytes is announced; at most {MAX_BODY} are accepted")]
    TooLarge(u32),
    /// The body is not a protobuf message.
    #[error("the body is no protobuf frame: {0}")]
    Undecodable(String),
}

/// Formats a byte in hexadecimal, and as a character if it is one, so that the reader
/// recognises text in place of a frame.
fn byte(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("{byte:#04x} ({:?})", char::from(byte))
    } else {
        format!("{byte:#04x}")
    }
}

impl Frame {
    /// Encodes the frame with its header.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = self.encoded_len();
        let mut bytes = Vec::with_capacity(HEADER_LEN + body);
        bytes.push(FRAMING_VERSION);
        bytes.extend_from_slice(&u32::try_from(body).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&self.encode_to_vec());
        bytes
    }

    /// Decodes the body of a frame.
    ///
    /// # Errors
    ///
    /// [`FrameError::Undecodable`] if the body is not a protobuf message.
    pub fn from_body(body: &[u8]) -> Result<Self, FrameError> {
        Self::decode(body).map_err(|error| FrameError::Undecodable(error.to_string()))
    }
}

/// Returns the length of the body that the header announces, in bytes; `None` if the
/// header is incomplete.
///
/// # Errors
///
/// [`FrameError::FramingVersion`] after the first byte, [`FrameError::TooLarge`] after
/// the header.
pub fn announced_body(received: &[u8]) -> Result<Option<usize>, FrameError> {
    match received {
        [FRAMING_VERSION, a, b, c, d, ..] => {
            let announced = u32::from_le_bytes([*a, *b, *c, *d]);
            match usize::try_from(announced) {
                Ok(length) if length <= MAX_BODY => Ok(Some(length)),
                _ => Err(FrameError::TooLarge(announced)),
            }
        }
        [] | [FRAMING_VERSION, ..] => Ok(None),
        [other, ..] => Err(FrameError::FramingVersion(*other)),
    }
}

/// Returns the first body in the bytes received so far; `None` if it is incomplete.
///
/// # Errors
///
/// As [`announced_body`].
pub fn complete_body(received: &[u8]) -> Result<Option<&[u8]>, FrameError> {
    Ok(announced_body(received)?.and_then(|length| received.get(HEADER_LEN..HEADER_LEN + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_first_byte_is_refused_before_the_header_is_complete() {
        assert_eq!(announced_body(b"H"), Err(FrameError::FramingVersion(b'H')));
    }

    #[test]
    fn an_oversize_body_is_refused_from_its_header_alone() {
        let header = [1, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(announced_body(&header), Err(FrameError::TooLarge(u32::MAX)));
    }

    #[test]
    fn a_body_is_complete_only_with_its_last_byte() {
        let frame = [1, 2, 0, 0, 0, 7, 8, 99];
        for end in 0..7 {
            assert_eq!(complete_body(&frame[..end]), Ok(None), "after {end} bytes");
        }
        assert_eq!(complete_body(&frame), Ok(Some(&[7, 8][..])));
    }
}
