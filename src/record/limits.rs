//! How large a record may be.

/// The largest file that is read as a record, in bytes.
pub const MAX_RECORD_BYTES: u64 = 1 << 20;

/// The most elements that a list or a map of a record may have.
pub const MAX_ELEMENTS: usize = 1024;
