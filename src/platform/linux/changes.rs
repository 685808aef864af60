//! Whether the change time of a file can be trusted to reveal every modification.

use std::fs::File;
use std::path::Path;

use rustix::fs::{AtFlags, StatxFlags};
use rustix::time::ClockId;

use super::hanging::mount_that_may_hang;

/// `f_type` of the file systems that set the change time with every change, including
/// writes through a mapping, and report the device they are on.
///
/// Not in the list: tmpfs, which overlooks writes through a mapping that was read
/// before; overlayfs, which may lie over tmpfs; Btrfs, which reports no device.
const RELIABLE: [u32; 3] = [
    0x0000_ef53, // ext2, ext3, ext4
    0x5846_5342, // XFS
    0xf2f5_2010, // F2FS
];

/// The maximum depth of devices stacked on each other.
const MAX_STACKED: u32 = 8;

/// `STATX_MNT_ID_UNIQUE`, since Linux 6.8.
const MNT_ID_UNIQUE: StatxFlags = StatxFlags::from_bits_retain(0x4000);

/// Returns whether the change time of a file reveals every modification: the file system
/// is a reliable one by [fstatfs(2)](https://man7.org/linux/man-pages/man2/fstatfs.2.html)
/// and lies on hardware, not on a file that can be written directly.
pub(crate) fn ctime_is_reliable(file: &File, device: u64) -> bool {
    mount_that_may_hang(file).is_none()
        && rustix::fs::fstatfs(file).is_ok_and(|about| {
            // The type of the field differs between architectures; its values have
            // 32 bits.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "32 bits"
            )]
            let kind = about.f_type as u32;
            RELIABLE.contains(&kind)
        })
        && is_hardware(device)
}

fn is_hardware(device: u64) -> bool {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let link = std::fs::read_link(format!("/sys/dev/block/{major}:{minor}"));
    // `../../devices/…`: to resolve it step by step would take a dozen calls.
    link.is_ok_and(|link| {
        link.strip_prefix("../..")
            .is_ok_and(|device| rests_on_hardware(&Path::new("/sys").join(device), MAX_STACKED))
    })
}

/// Returns whether a block device, given by its directory in sysfs, is hardware or is
/// composed of hardware alone (by device mapper or md). A loop device is not.
fn rests_on_hardware(device: &Path, stacked: u32) -> bool {
    if !device.starts_with("/sys/devices/virtual/block") {
        return device.starts_with("/sys/devices");
    }
    let whole = if device.join("partition").exists() {
        device.parent().unwrap_or(device)
    } else {
        device
    };
    let Some(stacked) = stacked.checked_sub(1) else {
        return false;
    };
    let Ok(below) = std::fs::read_dir(whole.join("slaves")) else {
        return false;
    };
    let mut below = below.peekable();
    below.peek().is_some()
        && below.all(|entry| {
            entry
                .and_then(|entry| std::fs::canonicalize(entry.path()))
                .is_ok_and(|device| rests_on_hardware(&device, stacked))
        })
}

/// Returns the ID of the mount through which the file was opened, by
/// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html). It is not reused until
/// the next boot. `None` before Linux 6.8.
pub(crate) fn mount_id(file: &File) -> Option<u64> {
    let about = rustix::fs::statx(file, "", AtFlags::EMPTY_PATH, MNT_ID_UNIQUE).ok()?;
    (about.stx_mask & MNT_ID_UNIQUE.bits() != 0).then_some(about.stx_mnt_id)
}

/// Returns the nanoseconds since boot, including suspended time, by
/// [clock_gettime(2)](https://man7.org/linux/man-pages/man2/clock_gettime.2.html).
pub(crate) fn since_boot_ns() -> i64 {
    let now = rustix::time::clock_gettime(ClockId::Boottime);
    now.tv_sec
        .saturating_mul(1_000_000_000)
        .saturating_add(now.tv_nsec)
}
