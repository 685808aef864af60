//! Messages, lists and maps.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::process::{MAX_ELEMENTS, Object};

/// The message of the error for a list or map with more than [`MAX_ELEMENTS`]
/// elements.
pub(in crate::record) const TOO_MANY: &str = "too many elements";

/// Reads a value, or `null` as the default.
pub(in crate::record) fn or_default<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a list of messages.
pub(in crate::record) fn messages<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let list: Vec<Object<T>> = list(deserializer)?;
    Ok(list.into_iter().map(|object| object.0).collect())
}

/// Reads a list of at most [`MAX_ELEMENTS`] elements, or `null` as the empty list.
pub(in crate::record) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
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

/// Reads a map of strings, in which no key may occur twice.
pub(in crate::record) fn string_map<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
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
