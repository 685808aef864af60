//! Framing: `u8` version, `u32` little-endian body length, a protobuf body.

use prost::Message;

/// The framing version byte of protocol v1.
pub const FRAMING_VERSION: u8 = 1;

/// `Frame.envelope_version` of protocol v1.
pub const ENVELOPE_VERSION: u32 = 1;

/// `Frame.payload_protocol` of an identity challenge and its answer.
pub const PROBE_PROTOCOL: u32 = 0xB232;

/// Bytes in front of a body.
pub const HEADER_LEN: usize = 5;

/// The largest body accepted, in bytes.
///
/// The general format allows 16 MiB; a challenge or its answer needs a few
/// hundred bytes, and a stranger's word is no reason to allocate more.
pub const MAX_BODY: usize = 64 * 1024;

/// One message of protocol v1.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Frame {
    /// [`ENVELOPE_VERSION`].
    #[prost(uint32, tag = "1")]
    pub envelope_version: u32,
    /// One of [`FrameKind`].
    #[prost(int32, tag = "2")]
    pub kind: i32,
    /// What the payload is.
    #[prost(uint32, tag = "3")]
    pub payload_protocol: u32,
    /// The payload.
    #[prost(bytes = "vec", tag = "4")]
    pub payload: Vec<u8>,
    /// Ties an answer to its request.
    #[prost(uint64, tag = "5")]
    pub request_id: u64,
    /// 0 for none; 1 zstd, 2 snappy, 3 lz4.
    #[prost(int32, tag = "6")]
    pub payload_encoding: i32,
    /// When the sender stops waiting, in Unix milliseconds; 0 for unsaid.
    #[prost(uint64, tag = "7")]
    pub deadline_unix_ms: u64,
    /// W3C trace context.
    #[prost(string, tag = "8")]
    pub traceparent: String,
    /// W3C trace state.
    #[prost(string, tag = "9")]
    pub tracestate: String,
}

/// What a [`Frame`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum FrameKind {
    /// A question.
    Request = 0,
    /// The answer to one.
    Response = 1,
    /// A message nobody asked for.
    Event = 2,
    /// A question withdrawn.
    Cancel = 3,
}

/// What makes bytes no frame of this protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The first byte is not [`FRAMING_VERSION`].
    #[error("the first byte is {}, not framing version 1", byte(*.0))]
    FramingVersion(u8),
    /// The announced body is over [`MAX_BODY`].
    #[error("a body of {0} bytes is announced; at most {MAX_BODY} are accepted")]
    TooLarge(u32),
    /// The body is no `Frame`.
    #[error("the body is no protobuf frame: {0}")]
    Undecodable(String),
}

/// A byte in hexadecimal, and as a character where it is one: text in place of
/// a frame is recognised by it.
fn byte(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("{byte:#04x} ({:?})", char::from(byte))
    } else {
        format!("{byte:#04x}")
    }
}

impl Frame {
    /// The frame with its header, ready to be sent.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = self.encoded_len();
        let mut bytes = Vec::with_capacity(HEADER_LEN + body);
        bytes.push(FRAMING_VERSION);
        bytes.extend_from_slice(&u32::try_from(body).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&self.encode_to_vec());
        bytes
    }

    /// Decode a body.
    ///
    /// # Errors
    ///
    /// [`FrameError::Undecodable`].
    pub fn from_body(body: &[u8]) -> Result<Self, FrameError> {
        Self::decode(body).map_err(|error| FrameError::Undecodable(error.to_string()))
    }
}

/// The body length that the bytes received so far announce; `None` while the
/// header is incomplete.
///
/// # Errors
///
/// [`FrameError::FramingVersion`] from the first byte on,
/// [`FrameError::TooLarge`] as soon as the header is complete.
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

/// The first complete body in the bytes received so far.
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
