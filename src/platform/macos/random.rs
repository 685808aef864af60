//! Random numbers.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;

/// Returns a random number: of nothing, hashed with the random keys that the standard library
/// gets from the system.
#[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
pub(super) fn random_number() -> io::Result<u64> {
    Ok(RandomState::new().build_hasher().finish())
}
