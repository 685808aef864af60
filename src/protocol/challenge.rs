//! The challenge and its answer: a fresh nonce, and the same nonce with the identity of
//! the daemon.

use std::fmt;

use data_encoding::HEXLOWER;
use prost::Message;

use super::frame::{ENVELOPE_VERSION, Frame, FrameError, FrameKind, PROBE_PROTOCOL};
use crate::identity::{DIGEST_LEN, DaemonProcess};
use crate::record::{DaemonProcessMessage, MalformedIdentity};

/// The length of a nonce in bytes.
pub const NONCE_LEN: usize = DIGEST_LEN;

/// The `payload_protocol` of the control messages of a broker.
const BROKER_PROTOCOL: u32 = 0;

/// A challenge, identified by its nonce.
#[derive(Clone, Debug)]
pub struct Challenge {
    nonce: [u8; NONCE_LEN],
}

impl Challenge {
    /// Makes a challenge with a nonce from the random source of the system. Linux: by
    /// [getrandom(2)](https://man7.org/linux/man-pages/man2/getrandom.2.html).
    ///
    /// # Errors
    ///
    /// The error of the system if that source fails.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce)?;
        Ok(Self { nonce })
    }

    /// Makes a challenge with a given nonce, to replay a recorded exchange.
    #[must_use]
    pub fn with_nonce(nonce: [u8; NONCE_LEN]) -> Self {
        Self { nonce }
    }

    /// Returns the nonce.
    #[must_use]
    pub fn nonce(&self) -> &[u8; NONCE_LEN] {
        &self.nonce
    }

    fn request_id(&self) -> u64 {
        self.nonce
            .first_chunk()
            .map_or(0, |first| u64::from_le_bytes(*first))
    }

    /// Returns the request with its header.
    #[must_use]
    pub fn request(&self) -> Vec<u8> {
        Frame {
            envelope_version: ENVELOPE_VERSION,
            kind: FrameKind::Request as i32,
            payload_protocol: PROBE_PROTOCOL,
            payload: self.nonce.to_vec(),
            request_id: self.request_id(),
            ..Frame::default()
        }
        .to_bytes()
    }

    /// Returns the identity in the body of an answer to this challenge.
    ///
    /// # Errors
    ///
    /// The first rule of the protocol that the answer breaks.
    pub fn read_answer(&self, body: &[u8]) -> Result<DaemonProcess, AnswerError> {
        let frame = Frame::from_body(body)?;
        // First, because an empty body also has payload protocol 0.
        if frame.envelope_version != ENVELOPE_VERSION {
            return Err(AnswerError::EnvelopeVersion(frame.envelope_version));
        }
        match frame.payload_protocol {
            PROBE_PROTOCOL => {}
            BROKER_PROTOCOL => return Err(AnswerError::Broker),
            other => return Err(AnswerError::Protocol(other)),
        }
        if frame.kind != FrameKind::Response as i32 {
            return Err(AnswerError::Kind(frame.kind));
        }
        if frame.payload_encoding != 0 {
            return Err(AnswerError::Encoding(frame.payload_encoding));
        }
        if frame.request_id != self.request_id() {
            return Err(AnswerError::RequestId);
        }
        let Some((echo, identity)) = frame.payload.split_first_chunk::<NONCE_LEN>() else {
            return Err(AnswerError::ShortPayload(frame.payload.len()));
        };
        if *echo != self.nonce {
            return Err(AnswerError::Nonce(*echo));
        }
        let message = DaemonProcessMessage::decode(identity)
            .map_err(|error| AnswerError::Undecodable(error.to_string()))?;
        Ok(DaemonProcess::from_answer(&message)?)
    }
}

/// A rule of the protocol that an answer breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The answer is not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The answer is a control message of a broker.
    #[error("the answer is a broker's control message, not an identity")]
    Broker,
    /// The answer has another payload protocol.
    #[error("the answer has payload protocol {0:#06x}, expected 0xb232")]
    Protocol(u32),
    /// The answer has another envelope version.
    #[error("the answer has envelope version {0}, expected 1")]
    EnvelopeVersion(u32),
    /// The answer is not a response.
    #[error("the answer is of kind {0}, expected 1 (response)")]
    Kind(i32),
    /// The payload is compressed.
    #[error("the answer's payload has encoding {0}, expected 0 (none)")]
    Encoding(i32),
    /// The answer belongs to another request.
    #[error("the answer belongs to another request")]
    RequestId,
    /// The payload is shorter than a nonce.
    #[error("the answer's payload has {0} bytes, fewer than the nonce")]
    ShortPayload(usize),
    /// The nonce is another one: the answer is replayed, or not of this protocol.
    #[error("the answer does not repeat the nonce")]
    Nonce([u8; NONCE_LEN]),
    /// The identity is not a protobuf message.
    #[error("the identity in the answer cannot be decoded: {0}")]
    Undecodable(String),
    /// A field of the identity that must be compared is malformed.
    #[error("the identity in the answer is malformed: {0}")]
    Identity(#[from] MalformedIdentity),
}

impl AnswerError {
    /// Returns whether a broker answered instead of the daemon.
    #[must_use]
    pub fn is_broker(&self) -> bool {
        matches!(self, Self::Broker)
    }

    /// Returns whether the server speaks another protocol, rather than answering the
    /// challenge wrongly.
    #[must_use]
    pub fn is_other_protocol(&self) -> bool {
        matches!(
            self,
            Self::Frame(_) | Self::Broker | Self::Protocol(_) | Self::EnvelopeVersion(_)
        )
    }
}

/// A field in which an answer differs from the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Name of the field.
    pub field: &'static str,
    /// Recorded value.
    pub expected: String,
    /// Answered value.
    pub actual: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: recorded {}, answered {}",
            self.field, self.expected, self.actual
        )
    }
}

/// Returns the fields in which an answer differs from the record.
///
/// `started_at_unix_ms` and `idle_timeout_secs` are not compared, because they do not
/// identify a process.
#[must_use]
pub fn differences(expected: &DaemonProcess, actual: &DaemonProcess) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |field, expected: &dyn fmt::Debug, actual: &dyn fmt::Debug| {
        let (expected, actual) = (format!("{expected:?}"), format!("{actual:?}"));
        if expected != actual {
            found.push(Difference {
                field,
                expected,
                actual,
            });
        }
    };
    compare("pid", &expected.pid, &actual.pid);
    compare(
        "exe_path",
        &expected.exe_path.to_string_lossy(),
        &actual.exe_path.to_string_lossy(),
    );
    let (recorded, answered) = (&expected.exe_digest, &actual.exe_digest);
    for (field, digests) in [
        ("sha256", recorded.sha256.zip(answered.sha256)),
        ("blake3", recorded.blake3.zip(answered.blake3)),
    ] {
        if let Some((recorded, answered)) = digests {
            let (recorded, answered) = (HEXLOWER.encode(&recorded), HEXLOWER.encode(&answered));
            compare(
                field,
                &format_args!("{recorded}"),
                &format_args!("{answered}"),
            );
        }
    }
    compare("boot_id", &expected.boot_id, &actual.boot_id);
    let (expected, actual) = (&expected.ipc_endpoint, &actual.ipc_endpoint);
    compare(
        "endpoint namespace_id",
        &expected.namespace_id,
        &actual.namespace_id,
    );
    compare("endpoint path", &expected.path, &actual.path);
    found
}

/// A challenge as the daemon receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeRequest {
    nonce: [u8; NONCE_LEN],
    request_id: u64,
    traceparent: String,
    tracestate: String,
}

/// An error that makes a request unacceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The request is not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The request is a frame but not a challenge; names the field that differs.
    #[error("the frame is no identity challenge ({0})")]
    NotAChallenge(&'static str),
}

impl ProbeRequest {
    /// Reads a request from the body of a frame.
    ///
    /// # Errors
    ///
    /// [`RequestError`] for anything but a well-formed challenge.
    pub fn from_body(body: &[u8]) -> Result<Self, RequestError> {
        let frame = Frame::from_body(body)?;
        let refuse = |what| Err(RequestError::NotAChallenge(what));
        if frame.envelope_version != ENVELOPE_VERSION {
            return refuse("envelope version");
        }
        if frame.kind != FrameKind::Request as i32 {
            return refuse("kind");
        }
        if frame.payload_protocol != PROBE_PROTOCOL {
            return refuse("payload protocol");
        }
        if frame.payload_encoding != 0 {
            return refuse("payload encoding");
        }
        let Ok(nonce) = frame.payload.try_into() else {
            return refuse("nonce length");
        };
        Ok(Self {
            nonce,
            request_id: frame.request_id,
            traceparent: frame.traceparent,
            tracestate: frame.tracestate,
        })
    }

    /// Returns the answer that names `identity`, with its header.
    #[must_use]
    pub fn answer(&self, identity: &DaemonProcess) -> Vec<u8> {
        let mut payload = self.nonce.to_vec();
        payload.extend_from_slice(&identity_bytes(identity));
        Frame {
            envelope_version: ENVELOPE_VERSION,
            kind: FrameKind::Response as i32,
            payload_protocol: PROBE_PROTOCOL,
            payload,
            request_id: self.request_id,
            traceparent: self.traceparent.clone(),
            tracestate: self.tracestate.clone(),
            ..Frame::default()
        }
        .to_bytes()
    }
}

/// Encodes an identity for an answer. If both digests are supplied, the SHA-256 comes
/// last, as the BLAKE3 generation writes it for older clients.
fn identity_bytes(identity: &DaemonProcess) -> Vec<u8> {
    let mut message = identity.to_proto();
    if identity.exe_digest.blake3.is_none() {
        return message.encode_to_vec();
    }
    let sha256 = std::mem::take(&mut message.exe_sha256);
    let mut bytes = message.encode_to_vec();
    if !sha256.is_empty() {
        prost::encoding::bytes::encode(3, &sha256, &mut bytes);
    }
    bytes
}
