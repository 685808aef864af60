//! Protobuf records: which message it is, decoding with the field named, and
//! the checksum over the raw bytes.

use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use sha2::{Digest as _, Sha256};

use super::limits;
use super::load::{Content, Format, LoadError};
use super::schema::{CacheManifest, DaemonProcessMessage};
use crate::identity::Digest;

const SERVICE_NAME_OR_PID: u32 = 1;
const ENVELOPE_VERSION: u32 = 3;
const LAST_DAEMON_FIELD: u32 = 9;
const SELF_SHA256: u32 = 102;

/// One top-level field of a message.
pub(super) struct Field<'a> {
    pub(super) number: u32,
    wire_type: WireType,
    /// Key and value, as they are in the message.
    encoded: &'a [u8],
}

impl<'a> Field<'a> {
    /// What a string, bytes or a message consists of; nothing where the field is
    /// none of these.
    pub(super) fn content(&self) -> &'a [u8] {
        let mut rest = self.encoded;
        let is_delimited = self.wire_type == WireType::LengthDelimited
            && decode_key(&mut rest).is_ok()
            && decode_varint(&mut rest).is_ok();
        if is_delimited { rest } else { &[] }
    }
}

/// The top-level fields in file order; ends with `Err` where the bytes stop
/// being protobuf.
fn fields(raw: &[u8]) -> impl Iterator<Item = Result<Field<'_>, prost::DecodeError>> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let start = rest;
        let decoded = decode_key(&mut rest).and_then(|(number, wire_type)| {
            skip_field(wire_type, number, &mut rest, DecodeContext::default())?;
            Ok(Field {
                number,
                wire_type,
                encoded: &start[..start.len() - rest.len()],
            })
        });
        if decoded.is_err() {
            rest = &[];
        }
        Some(decoded)
    })
}

/// The top-level fields up to where the bytes stop being protobuf.
pub(super) fn readable(raw: &[u8]) -> impl Iterator<Item = Field<'_>> {
    fields(raw).map_while(Result::ok)
}

pub(super) fn parse(raw: &[u8]) -> Result<(Format, Content), LoadError> {
    if let Some(version) = foreign_schema(raw) {
        return Err(LoadError::UnsupportedSchema(version));
    }
    let undecodable = |error: prost::DecodeError| {
        if is_text(raw) {
            LoadError::UnknownFormat
        } else {
            LoadError::Protobuf(in_plain_words(&error))
        }
    };
    match kind(raw) {
        Some(Format::DaemonProtobuf) => DaemonProcessMessage::decode(raw)
            .map(|message| (Format::DaemonProtobuf, Content::Daemon(message)))
            .map_err(undecodable),
        Some(_) => {
            limits::manifest(raw)?;
            CacheManifest::decode(raw)
                .map(|manifest| {
                    (
                        Format::ManifestProtobuf,
                        Content::Manifest(Box::new(manifest)),
                    )
                })
                .map_err(undecodable)
        }
        None => Err(LoadError::UnknownFormat),
    }
}

/// Field 1 is the service name in a manifest and the PID in a daemon record;
/// without it, only a manifest has fields beyond 9.
fn kind(raw: &[u8]) -> Option<Format> {
    let mut readable = readable(raw).peekable();
    readable.peek()?;
    let mut kind = Format::DaemonProtobuf;
    for field in readable {
        match (field.number, field.wire_type) {
            (SERVICE_NAME_OR_PID, WireType::Varint) => return Some(Format::DaemonProtobuf),
            (SERVICE_NAME_OR_PID, WireType::LengthDelimited) => {
                return Some(Format::ManifestProtobuf);
            }
            (SERVICE_NAME_OR_PID, _) => return None,
            (number, _) if number > LAST_DAEMON_FIELD => kind = Format::ManifestProtobuf,
            _ => {}
        }
    }
    Some(kind)
}

/// The schema generation of a manifest that is not v1. Other generations keep
/// their name in the same field; of several, the last one counts, as for every
/// field.
fn foreign_schema(raw: &[u8]) -> Option<String> {
    let field = readable(raw)
        .filter(|field| field.number == ENVELOPE_VERSION)
        .last()?;
    let version = std::str::from_utf8(field.content()).ok()?;
    (names_a_schema(version) && version != "v1").then(|| version.to_owned())
}

/// Whether `broker_envelope_version` names a schema generation, such as `v1`.
pub(super) fn names_a_schema(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this is some other text file rather than a damaged record, which has
/// lengths and field numbers between its texts.
fn is_text(raw: &[u8]) -> bool {
    std::str::from_utf8(raw)
        .is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

/// `CacheManifest.current_daemon: buffer underflow`, with the messages named as
/// in the protocol and without the library's own preamble.
fn in_plain_words(error: &prost::DecodeError) -> String {
    let text = error.to_string();
    text.strip_prefix("failed to decode Protobuf message: ")
        .unwrap_or(&text)
        .replace("HostMessage.", "HostIdentity.")
        .replace("Message.", ".")
}

/// SHA-256 over an encoded manifest with field 102 cut out.
///
/// Computed on the bytes as they are: map entries have no fixed order and
/// unknown fields do not survive decoding, so the digest of a re-encoding would
/// refuse good files. What does not parse as protobuf counts as it is.
#[must_use]
pub fn self_sha256(raw: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    let mut covered = 0;
    for field in readable(raw) {
        if field.number != SELF_SHA256 {
            hasher.update(field.encoded);
        }
        covered += field.encoded.len();
    }
    hasher.update(&raw[covered..]);
    hasher.finalize().into()
}

/// Encode a manifest with its checksum: map entries sorted, fields in order.
#[must_use]
pub(super) fn encode_manifest(manifest: &CacheManifest) -> Vec<u8> {
    let mut manifest = manifest.clone();
    manifest.self_sha256.clear();
    manifest.self_sha256 = self_sha256(&manifest.encode_to_vec()).to_vec();
    manifest.encode_to_vec()
}
