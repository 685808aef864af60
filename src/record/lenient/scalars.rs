//! Numbers, digests, and enums by name or by number.

use std::fmt;
use std::marker::PhantomData;

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

/// An enum of the protocol.
pub(in crate::record) trait WireEnum {
    /// The number of each value, the name that is written, and the name in protobuf's JSON
    /// mapping.
    const VALUES: &'static [(i32, &'static str, &'static str)];
}

/// An enum field, which holds a number: written as a name if the number has one,
/// read from a name of either kind or from a number.
pub(in crate::record) struct Named<E>(PhantomData<E>);

impl<E: WireEnum> Named<E> {
    pub(in crate::record) fn serialize<S: Serializer>(
        number: &i32,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match E::VALUES.iter().find(|value| value.0 == *number) {
            Some((_, name, _)) => serializer.serialize_str(name),
            None => serializer.serialize_i32(*number),
        }
    }

    pub(in crate::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<i32, D::Error> {
        deserializer.deserialize_any(Self(PhantomData))
    }
}

impl<E: WireEnum> Visitor<'_> for Named<E> {
    type Value = i32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of")?;
        for (_, name, _) in E::VALUES {
            write!(f, " {name}")?;
        }
        Ok(())
    }

    fn visit_unit<F: Error>(self) -> Result<Self::Value, F> {
        Ok(0)
    }

    fn visit_i64<F: Error>(self, number: i64) -> Result<Self::Value, F> {
        i32::try_from(number).map_err(|_| F::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<F: Error>(self, number: u64) -> Result<Self::Value, F> {
        i32::try_from(number).map_err(|_| F::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<F: Error>(self, name: &str) -> Result<Self::Value, F> {
        E::VALUES
            .iter()
            .find(|(_, written, protobuf)| *written == name || *protobuf == name)
            .map(|(number, ..)| *number)
            .ok_or_else(|| F::invalid_value(Unexpected::Str(name), &self))
    }
}
