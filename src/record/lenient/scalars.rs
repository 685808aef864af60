//! Numbers and digests.

use std::fmt;

use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE,
};
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

struct Integer;

impl Visitor<'_> for Integer {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {}", u64::MAX)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse()
            .map(Some)
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Reads a 64-bit integer, or `null` as 0.
pub(in crate::record) fn uint64<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<u64, D::Error> {
    Ok(deserializer.deserialize_any(Integer)?.unwrap_or_default())
}

/// Reads a 32-bit integer, or `null` as 0.
pub(in crate::record) fn uint32<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<u32, D::Error> {
    Ok(optional_uint32(deserializer)?.unwrap_or_default())
}

/// Reads a 32-bit integer that may be `null`.
pub(in crate::record) fn optional_uint32<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    let narrow = |value| {
        let wrong = Unexpected::Unsigned(value);
        u32::try_from(value)
            .map_err(|_| D::Error::invalid_value(wrong, &"a number up to 4294967295"))
    };
    let value = deserializer.deserialize_any(Integer)?;
    value.map(narrow).transpose()
}

/// Form of bytes: written in lowercase hex, read as hex, base64 or an array of
/// numbers.
pub(in crate::record) mod bytes {
    use super::{Deserializer, HEXLOWER, RawBytes, Serializer};

    pub(in crate::record) fn serialize<S: Serializer>(
        value: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&HEXLOWER.encode(value))
    }

    pub(in crate::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_any(RawBytes)
    }
}

struct RawBytes;

impl<'de> Visitor<'de> for RawBytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest as 64 hex digits, as base64, or as an array of 32 numbers")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let is_hex =
            text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let codecs: &[_] = if is_hex {
            &[HEXLOWER_PERMISSIVE]
        } else {
            &[BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD]
        };
        codecs
            .iter()
            .find_map(|codec| codec.decode(text.as_bytes()).ok())
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::with_capacity(numbers.size_hint().unwrap_or_default().min(64));
        while let Some(byte) = numbers.next_element::<u8>()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}
