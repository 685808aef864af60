//! The top-level fields of an encoded message, and the checksum over them.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use sha2::{Digest as _, Sha256};

use crate::identity::Digest;

const SELF_SHA256: u32 = 102;

/// One top-level field of a message.
pub(super) struct Field<'a> {
    pub(super) number: u32,
    pub(super) wire_type: WireType,
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
