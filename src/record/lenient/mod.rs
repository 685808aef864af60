//! What JSON records may look like beyond the form rpctl writes: numbers as
//! strings, digests as base64 or arrays, enum names in protobuf spelling, `null`
//! for a default. Protobuf's own JSON mapping is thereby accepted.

mod collections;
mod enums;
mod scalars;

pub(super) use collections::{Object, TOO_MANY, list, message, messages, or_default, string_map};
pub(super) use enums::Named;
pub use enums::WireEnum;
pub(super) use scalars::{bytes, optional_uint32, uint32, uint64};
