//! How far a file's times tell that it changed.

use std::fs::File;

use rustix::fs::{AtFlags, StatxFlags};
use rustix::time::ClockId;

/// `f_type` of file systems whose change times this kernel alone sets, statfs(2).
const LOCAL: [u32; 12] = [
    0x0000_3434, // NILFS2
    0x0000_ef53, // ext2, ext3, ext4
    0x0102_1994, // tmpfs
    0x2fc1_2fc1, // ZFS
    0x5846_5342, // XFS
    0x7371_7368, // SquashFS
    0x794c_7630, // overlayfs
    0x8584_58f6, // ramfs
    0x9123_683e, // Btrfs
    0xca45_1a4e, // bcachefs
    0xe0f5_e1e2, // EROFS
    0xf2f5_2010, // F2FS
];

/// `STATX_MNT_ID_UNIQUE` of statx(2), since Linux 6.8.
const MNT_ID_UNIQUE: StatxFlags = StatxFlags::from_bits_retain(0x4000);

/// Whether the file is on a file system whose change times this kernel alone
/// sets. On network file systems another machine does, with FUSE a program.
pub(crate) fn tells_changes(file: &File) -> bool {
    rustix::fs::fstatfs(file).is_ok_and(|about| {
        // The type of the field differs between architectures; its values have
        // 32 bits.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "32 bits"
        )]
        let kind = about.f_type as u32;
        LOCAL.contains(&kind)
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
