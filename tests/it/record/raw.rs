//! Protobuf as the encoding's own document describes it, independent of the
//! library under test.

use sha2::{Digest, Sha256};

/// One field of a message.
pub(super) struct Field<'a> {
    pub(super) number: u64,
    /// Key and value as they stand in the message.
    pub(super) encoded: &'a [u8],
    /// The value, without its length.
    pub(super) content: &'a [u8],
}

/// The fields of a message, in the order in which they stand.
pub(super) fn top_level(message: &[u8]) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut at = 0;
    while at < message.len() {
        let start = at;
        let key = varint(message, &mut at);
        let mut from = at;
        match key & 7 {
            0 => {
                varint(message, &mut at);
            }
            1 => at += 8,
            2 => {
                let length = varint(message, &mut at);
                from = at;
                at += usize::try_from(length).unwrap();
            }
            5 => at += 4,
            wire_type => panic!("wire type {wire_type}"),
        }
        fields.push(Field {
            number: key >> 3,
            encoded: &message[start..at],
            content: &message[from..at],
        });
    }
    fields
}

fn varint(bytes: &[u8], at: &mut usize) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// The keys of a map field, in the order in which they stand.
pub(super) fn map_keys(message: &[u8], number: u64) -> Vec<&str> {
    top_level(message)
        .iter()
        .filter(|field| field.number == number)
        .map(|field| std::str::from_utf8(top_level(field.content)[0].content).unwrap())
        .collect()
}

/// SHA-256 over all fields but 102.
pub(super) fn checksum(message: &[u8]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for field in top_level(message) {
        if field.number != 102 {
            hasher.update(field.encoded);
        }
    }
    hasher.finalize().to_vec()
}
