//! Enums, by name or by number.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

/// The names of a protobuf enum.
///
/// Fields keep the number, so that values of a newer schema survive a round
/// trip.
pub trait WireEnum {
    /// The protobuf name of the value 0, 1, 2, …
    const PROTOBUF_NAMES: &'static [&'static str];
    /// What the protobuf names have in front of the name used here.
    const PREFIXES: &'static [&'static str];

    /// The lowercase name of a value, `None` for values of a newer schema.
    #[must_use]
    fn name(value: i32) -> Option<String> {
        let full = Self::PROTOBUF_NAMES.get(usize::try_from(value).ok()?)?;
        Some(Self::short(full).to_lowercase())
    }

    /// The value of a lowercase or protobuf name.
    #[must_use]
    fn value(name: &str) -> Option<i32> {
        let position = Self::PROTOBUF_NAMES
            .iter()
            .position(|full| *full == name || Self::short(full).to_lowercase() == name)?;
        i32::try_from(position).ok()
    }

    /// A protobuf name without its prefix.
    #[must_use]
    fn short(full: &'static str) -> &'static str {
        Self::PREFIXES
            .iter()
            .find_map(|prefix| full.strip_prefix(prefix))
            .unwrap_or(full)
    }
}

/// An enum field: written by lowercase name, read by either name or by number.
pub(in crate::record) struct Named<E>(PhantomData<E>);

impl<E: WireEnum> Named<E> {
    pub(in crate::record) fn serialize<S: Serializer>(
        value: &i32,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match E::name(*value) {
            Some(name) => serializer.serialize_str(&name),
            None => serializer.serialize_i32(*value),
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
