//! The keys by which records in JSON are told apart, read without keeping any other.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::sidecar::DISTINGUISHING_KEYS;

/// What the keys of an object tell.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The media type, if it is named once and a text.
    pub(super) media_type: Option<String>,
    /// Whether a key is there that only a sidecar has.
    pub(super) is_of_sidecar: bool,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Keys::default();
        let mut has_media_type = false;
        while let Some(key) = map.next_key_seed(KeyVisitor)? {
            if key == Key::MediaType {
                let media_type = map.next_value_seed(TextVisitor)?;
                keys.media_type = media_type.filter(|_| !has_media_type);
                has_media_type = true;
            } else {
                keys.is_of_sidecar |= key == Key::OfSidecar;
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(keys)
    }
}

#[derive(PartialEq, Eq)]
enum Key {
    MediaType,
    OfSidecar,
    Other,
}

struct KeyVisitor;

impl<'de> DeserializeSeed<'de> for KeyVisitor {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            "media_type" => Key::MediaType,
            key if DISTINGUISHING_KEYS.contains(&key) => Key::OfSidecar,
            _ => Key::Other,
        })
    }
}

/// Reads a text, or ignores any other value.
struct TextVisitor;

impl<'de> DeserializeSeed<'de> for TextVisitor {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media_type(text: &str) -> Option<String> {
        serde_json::from_str::<Keys>(text).unwrap().media_type
    }

    #[test]
    fn a_media_type_is_a_text_that_is_named_once() {
        let text = r#"{"a": [1], "media_type": "m", "b": {"media_type": 7}}"#;
        assert_eq!(media_type(text).as_deref(), Some("m"));
        for value in ["null", "true", "-1", "1", "1.5", "[{}]", r#"{"a": [1]}"#] {
            let text = format!(r#"{{"media_type": {value}, "pid": 7}}"#);
            assert_eq!(media_type(&text), None, "{text}");
        }
        assert_eq!(
            media_type(r#"{"media_type": "m", "media_type": "m"}"#),
            None
        );
    }
}
