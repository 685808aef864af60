//! Protobuf records: which message it is, and decoding with the field named.

use prost::Message;
use prost::encoding::WireType;

use super::elements;
use super::error::LoadError;
use super::fields::{readable, self_sha256};
use super::record::{Content, Format};
use super::schema::{CacheManifest, DaemonProcessMessage, names_a_schema};

const SERVICE_NAME_OR_PID: u32 = 1;
const ENVELOPE_VERSION: u32 = 3;
const LAST_DAEMON_FIELD: u32 = 9;

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
            elements::limit(raw)?;
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

/// Encode a manifest with its checksum: map entries sorted, fields in order.
#[must_use]
pub(super) fn encode_manifest(manifest: &CacheManifest) -> Vec<u8> {
    let mut manifest = manifest.clone();
    manifest.self_sha256.clear();
    manifest.self_sha256 = self_sha256(&manifest.encode_to_vec()).to_vec();
    manifest.encode_to_vec()
}
