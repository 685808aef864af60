//! The parts of a result of
//! [stat(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/stat.2.html)
//! whose types differ between systems.

use rustix::fs::Stat;

/// Returns the number of the device.
pub(super) fn device(stat: &Stat) -> u64 {
    stat.st_dev.cast_unsigned().into()
}

/// Returns the type and the permission bits.
pub(super) fn mode(stat: &Stat) -> u32 {
    stat.st_mode.into()
}
