//! Numbers for sockets, which stand in the place of inode numbers.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::platform::macos_forms::sockets::number_of;

/// The sockets that have a number.
static KNOWN: LazyLock<Mutex<HashMap<u32, u64>>> = LazyLock::new(Mutex::default);

/// Returns the number of a socket, which is the same in each process as long as no other
/// socket has it.
pub(super) fn number(handle: u64) -> u32 {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    number_of(&mut known, handle)
}
