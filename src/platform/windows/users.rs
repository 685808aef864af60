//! Users: security identifiers, and the numbers that stand for them here.
//!
//! The rest of the crate knows a user by a number. The system and its administrators are
//! 0, and trusted anyway, as root elsewhere. Any other user has the number that
//! the bytes of the identifier give, the same in each process; a table keeps two users
//! apart whose numbers would be equal.

use std::collections::HashMap;
use std::io;
use std::os::windows::io::{AsHandle, BorrowedHandle};
use std::sync::{LazyLock, Mutex, PoisonError};

use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;

use super::sys::process;
use super::sys::security::{self, Sid};
use crate::platform::types::UserId;

/// The users that can do everything: the system, the administrators, and the installer of
/// the system's own files.
const ALMIGHTY: [&str; 3] = [
    "S-1-5-18",
    "S-1-5-32-544",
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
];

/// The users that have a number.
static KNOWN: LazyLock<Mutex<HashMap<UserId, Sid>>> = LazyLock::new(Mutex::default);

/// Returns the number of a user.
pub(super) fn number(sid: &Sid) -> UserId {
    if ALMIGHTY.contains(&sid.to_string().as_str()) {
        return 0;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut number = hash(sid.bytes());
    while number == 0 || known.get(&number).is_some_and(|other| other != sid) {
        number = number.wrapping_add(1);
    }
    known.entry(number).or_insert_with(|| sid.clone());
    number
}

/// Returns the hash FNV-1a of 32 bits.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Returns the user of a process.
pub(super) fn of_process(process: BorrowedHandle<'_>) -> io::Result<UserId> {
    security::user_of(process).map(|sid| number(&sid))
}

/// Returns the identifier of the user of this process.
pub(super) fn own_sid() -> io::Result<Sid> {
    let process = process::open(std::process::id(), PROCESS_QUERY_LIMITED_INFORMATION)?;
    security::user_of(process.as_handle())
}

/// Returns the number of the user of this process; the largest one if it is not known.
#[must_use]
pub fn user_id() -> UserId {
    own_sid().map_or(UserId::MAX, |sid| number(&sid))
}

/// Returns the number of the user of this process.
pub(crate) fn effective_uid() -> UserId {
    user_id()
}

/// Returns the number of the user with a name.
#[cfg(feature = "cli")]
#[must_use]
pub fn user_named(name: &str) -> Option<UserId> {
    security::account_named(name).ok().map(|sid| number(&sid))
}

/// Returns the name of a user, or else the form `S-1-…` of the identifier. `None` for a
/// number that stands for no user yet.
#[must_use]
pub fn user_name(user: UserId) -> Option<String> {
    if user == 0 {
        return Some("SYSTEM or an administrator".to_owned());
    }
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let sid = known.get(&user)?;
    Some(security::account_name(sid).unwrap_or_else(|_| sid.to_string()))
}

/// Returns `false`: no number stands for several users.
pub(crate) fn is_overflow_user(_user: UserId) -> bool {
    false
}
