//! The types of file systems that never hang.

use std::io::pipe;
use std::os::unix::net::UnixStream;

use rustix::fs::{MemfdFlags, Stat, fstat, makedev, memfd_create};

/// The types of file systems that answer without another machine or process.
///
/// Not in the list: overlayfs, which may lie over any other.
pub(super) const LOCAL: [&str; 48] = [
    "adfs",
    "affs",
    "bcachefs",
    "binder",
    "binfmt_misc",
    "bpf",
    "btrfs",
    "cgroup",
    "cgroup2",
    "configfs",
    "cramfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "exfat",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "fusectl",
    "hfs",
    "hfsplus",
    "hugetlbfs",
    "iso9660",
    "jffs2",
    "jfs",
    "minix",
    "mqueue",
    "msdos",
    "nilfs2",
    "nsfs",
    "ntfs3",
    "proc",
    "pstore",
    "ramfs",
    "reiserfs",
    "rootfs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "udf",
    "vfat",
    "xfs",
];

/// Returns whether a device is one of those that the kernel itself keeps, without a mount point:
/// that of pipes, of sockets, or of files in memory, as a shell passes them in `/dev/fd`.
pub(super) fn is_mounted_nowhere(device: (u32, u32)) -> bool {
    let device = makedev(device.0, device.1);
    let is_of = |it: rustix::io::Result<Stat>| it.is_ok_and(|it| it.st_dev == device);
    pipe().is_ok_and(|(end, _)| is_of(fstat(end)))
        || UnixStream::pair().is_ok_and(|(end, _)| is_of(fstat(end)))
        || memfd_create("", MemfdFlags::CLOEXEC).is_ok_and(|memory| is_of(fstat(memory)))
}
