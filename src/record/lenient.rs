//! What JSON records may look like beyond the form rpctl writes: numbers as
//! strings, digests as base64 or arrays, enum names in protobuf spelling, `null`
//! for a default. Protobuf's own JSON mapping is thereby accepted.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE,
};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serializer};

use super::MAX_ELEMENTS;
use super::schema::WireEnum;

/// What is said about a list or a map with more than [`MAX_ELEMENTS`] elements.
pub(super) const TOO_MANY: &str = "too many elements";

/// `null` reads as the default.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A message that may be absent.
pub(super) fn message<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|object| object.0))
}

/// A list of messages.
pub(super) fn messages<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list: Vec<Object<T>> = list(deserializer)?;
    Ok(list.into_iter().map(|object| object.0).collect())
}

/// A list that is not read beyond what a record may hold.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct List<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = elements.next_element()? {
                if list.len() == MAX_ELEMENTS {
                    return Err(A::Error::custom(TOO_MANY));
                }
                list.push(element);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_any(List(PhantomData))
}

/// A struct written as an object. Of itself, serde would also take an array, by
/// the order of the fields.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(entries)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// A string map that refuses to hide one of two equal keys.
pub(super) fn string_map<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    struct StringMap;

    impl<'de> Visitor<'de> for StringMap {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of strings")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(BTreeMap::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = entries.next_entry::<String, String>()? {
                if map.contains_key(&key) {
                    return Err(A::Error::custom(format_args!("duplicate key {key:?}")));
                }
                if map.len() == MAX_ELEMENTS {
                    return Err(A::Error::custom(TOO_MANY));
                }
                map.insert(key, value);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_any(StringMap)
}

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

/// 64-bit integers.
pub(super) mod uint64 {
    use super::{Deserializer, Integer, Serializer};

    pub(in crate::record) fn serialize<S: Serializer>(
        value: &u64,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(*value)
    }

    pub(in crate::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<u64, D::Error> {
        Ok(deserializer.deserialize_any(Integer)?.unwrap_or_default())
    }
}

/// 32-bit integers.
pub(super) mod uint32 {
    use super::{Deserializer, Serializer, optional_uint32};

    pub(in crate::record) fn serialize<S: Serializer>(
        value: &u32,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(*value)
    }

    pub(in crate::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<u32, D::Error> {
        Ok(optional_uint32::deserialize(deserializer)?.unwrap_or_default())
    }
}

/// 32-bit integers that may be absent.
pub(super) mod optional_uint32 {
    use super::{Deserializer, Integer, Serializer, narrow};

    pub(in crate::record) fn serialize<S: Serializer>(
        value: &Option<u32>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.serialize_some(value),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u32>, D::Error> {
        deserializer
            .deserialize_any(Integer)?
            .map(narrow::<D::Error>)
            .transpose()
    }
}

fn narrow<E: Error>(value: u64) -> Result<u32, E> {
    u32::try_from(value)
        .map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &"a number up to 4294967295"))
}

/// Bytes: written as lowercase hex, read as hex, base64 or an array of numbers.
pub(super) mod bytes {
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

/// An enum field: written by lowercase name, read by either name or by number.
pub(super) struct Named<E>(PhantomData<E>);

impl<E: WireEnum> Named<E> {
    pub(super) fn serialize<S: Serializer>(value: &i32, serializer: S) -> Result<S::Ok, S::Error> {
        match E::name(*value) {
            Some(name) => serializer.serialize_str(&name),
            None => serializer.serialize_i32(*value),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
        deserializer.deserialize_any(Self(PhantomData))
    }
}

impl<E: WireEnum> Visitor<'_> for Named<E> {
    type Value = i32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of")?;
        for full in E::PROTOBUF_NAMES {
            write!(f, " {}", E::short(full).to_lowercase())?;
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
        E::value(name).ok_or_else(|| F::invalid_value(Unexpected::Str(name), &self))
    }
}
