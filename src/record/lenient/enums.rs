//! Enums, by name or by number.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

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
