//! Random numbers.

use std::io;

use rustix::rand::GetRandomFlags;

/// Returns a random number, by
/// [getrandom(2)](https://man7.org/linux/man-pages/man2/getrandom.2.html), which gives as
/// few bytes as these at once.
pub(super) fn random_number() -> io::Result<u64> {
    let mut number = [0; 8];
    rustix::rand::getrandom(&mut number, GetRandomFlags::empty())?;
    Ok(u64::from_ne_bytes(number))
}
