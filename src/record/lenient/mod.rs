//! JSON forms that are read beyond the one that rpctl writes: numbers as strings,
//! digests as base64 or arrays, enum names in protobuf spelling, `null` for a
//! default. Together they cover protobuf's own JSON mapping.

mod collections;
mod scalars;

pub(super) use crate::process::{Object, optional_object as message};
pub(super) use collections::{TOO_MANY, list, messages, or_default, string_map};
pub(super) use scalars::{Named, WireEnum, bytes, optional_uint32, uint32, uint64};
