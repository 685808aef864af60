//! The top-level fields of an encoded message, and the checksum of a manifest.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use sha2::{Digest as _, Sha256};

use super::schema::field_numbers::manifest::SELF_SHA256;
use crate::identity::Digest;

/// One top-level field of a message.
pub(super) struct Field<'a> {
    pub(super) number: u32,
    pub(super) wire_type: WireType,
    /// Key and value, as encoded.
    encoded: &'a [u8],
}

impl<'a> Field<'a> {
    /// Returns the content of a string, of bytes or of a message; nothing for a
    /// field of another type.
    pub(super) fn content(&self) -> &'a [u8] {
        let mut rest = self.encoded;
        let is_delimited = self.wire_type == WireType::LengthDelimited
            && decode_key(&mut rest).is_ok()
            && decode_varint(&mut rest).is_ok();
        if is_delimited { rest } else { &[] }
    }
}

/// Iterates over the top-level fields in file order, up to the first byte that is
/// not protobuf.
pub(super) fn readable(message: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        let start = rest;
        let (number, wire_type) = decode_key(&mut rest).ok()?;
        skip_field(wire_type, number, &mut rest, DecodeContext::default()).ok()?;
        Some(Field {
            number,
            wire_type,
            encoded: &start[..start.len() - rest.len()],
        })
    })
    .fuse()
}

/// Computes the SHA-256 of an encoded manifest without its field 102,
/// `self_sha256`.
///
/// The input is the bytes of the file: map entries have no fixed order and
/// unknown fields do not survive decoding, so that the digest of a re-encoding
/// would differ for valid files. Bytes that are not protobuf count as they are.
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
