//! Records in protobuf: recognising the message, decoding and encoding it.

use prost::Message;
use prost::encoding::WireType;

use super::elements;
use super::error::LoadError;
use super::fields::{readable, self_sha256};
use super::record::{Content, Format};
use super::schema::field_numbers::{daemon, manifest};
use super::schema::{CacheManifest, DaemonProcessMessage, names_a_schema};

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
    let format = format(raw).ok_or(LoadError::UnknownFormat)?;
    let content = if format == Format::DaemonProtobuf {
        DaemonProcessMessage::decode(raw).map(Content::Daemon)
    } else {
        elements::limit(raw)?;
        CacheManifest::decode(raw).map(|manifest| Content::Manifest(Box::new(manifest)))
    };
    Ok((format, content.map_err(undecodable)?))
}

/// Recognises the message. Field 1 is the service name in a manifest and the PID
/// in a daemon record; without field 1, only a manifest has fields beyond 9.
fn format(raw: &[u8]) -> Option<Format> {
    // The number of both fields; the wire type tells them apart.
    const FIRST: u32 = manifest::SERVICE_NAME;
    const _: () = assert!(FIRST == daemon::PID);

    let mut fields = readable(raw).peekable();
    fields.peek()?;
    let mut format = Format::DaemonProtobuf;
    for field in fields {
        match (field.number, field.wire_type) {
            (FIRST, WireType::Varint) => return Some(Format::DaemonProtobuf),
            (FIRST, WireType::LengthDelimited) => return Some(Format::ManifestProtobuf),
            (FIRST, _) => return None,
            (number, _) if number > daemon::LAST => format = Format::ManifestProtobuf,
            _ => {}
        }
    }
    Some(format)
}

/// Returns the schema generation of a manifest that is not v1. Other generations
/// keep their name in the same field. As for every field, the last occurrence
/// counts.
fn foreign_schema(raw: &[u8]) -> Option<String> {
    let field = readable(raw)
        .filter(|field| field.number == manifest::BROKER_ENVELOPE_VERSION)
        .last()?;
    let version = std::str::from_utf8(field.content()).ok()?;
    (names_a_schema(version) && version != "v1").then(|| version.to_owned())
}

/// Returns whether this is a text file of another kind. A damaged record has
/// lengths and field numbers, which are control characters, between its texts.
fn is_text(raw: &[u8]) -> bool {
    std::str::from_utf8(raw)
        .is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

/// Returns the description of an error without prost's preamble and with the
/// message names of the protocol: `CacheManifest.current_daemon: buffer underflow`.
fn in_plain_words(error: &prost::DecodeError) -> String {
    let text = error.to_string();
    text.strip_prefix("failed to decode Protobuf message: ")
        .unwrap_or(&text)
        .replace("HostMessage.", "HostIdentity.")
        .replace("Message.", ".")
}

/// Encodes a manifest with its checksum. Fields and map entries are sorted.
#[must_use]
pub(super) fn encode_manifest(manifest: &CacheManifest) -> Vec<u8> {
    let mut manifest = manifest.clone();
    manifest.self_sha256.clear();
    manifest.self_sha256 = self_sha256(&manifest.encode_to_vec()).to_vec();
    manifest.encode_to_vec()
}
