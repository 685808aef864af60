//! How far a file's times tell that it changed.

use std::fs::File;
use std::path::Path;

use rustix::fs::{AtFlags, StatxFlags};
use rustix::time::ClockId;

/// `f_type` of file systems that set the change time with every change, those
/// through a mapping included, and name the device they are on; statfs(2).
///
/// Not tmpfs, which overlooks writes through a mapping that was read before, nor
/// overlayfs, which may lie over it. Not Btrfs, which names no device.
const TELLING: [u32; 3] = [
    0x0000_ef53, // ext2, ext3, ext4
    0x5846_5342, // XFS
    0xf2f5_2010, // F2FS
];

/// Devices one upon another are not deeper than this.
const MAX_STACKED: u32 = 8;

/// `STATX_MNT_ID_UNIQUE` of statx(2), since Linux 6.8.
const MNT_ID_UNIQUE: StatxFlags = StatxFlags::from_bits_retain(0x4000);

/// Whether no change of the file goes unnoticed: its file system tells, and what
/// is below that file system is hardware, not a file that can be written as well.
pub(crate) fn tells_changes(file: &File, device: u64) -> bool {
    rustix::fs::fstatfs(file).is_ok_and(|about| {
        // The type of the field differs between architectures; its values have
        // 32 bits.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "32 bits"
        )]
        let kind = about.f_type as u32;
        TELLING.contains(&kind)
    }) && is_hardware(device)
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

/// Whether a block device, by its directory in sysfs, is hardware, or put together
/// (by device mapper or md) of nothing else. Loop devices, for one, are not.
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

/// The mount through which the file was opened, by a number that no other mount
/// gets until the next boot. `None` before Linux 6.8.
pub(crate) fn mount_id(file: &File) -> Option<u64> {
    let about = rustix::fs::statx(file, "", AtFlags::EMPTY_PATH, MNT_ID_UNIQUE).ok()?;
    (about.stx_mask & MNT_ID_UNIQUE.bits() != 0).then_some(about.stx_mnt_id)
}

/// Nanoseconds since boot, suspended time included.
pub(crate) fn since_boot_ns() -> i64 {
    let now = rustix::time::clock_gettime(ClockId::Boottime);
    now.tv_sec
        .saturating_mul(1_000_000_000)
        .saturating_add(now.tv_nsec)
}
