//! File systems whose files the kernel makes up: reading one can lose data (`/proc/kmsg`),
//! and opening one can change what the kernel does (tracefs).

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::io::Errno;

/// `f_type` of procfs.
const PROC: u32 = 0x9fa0;

/// `f_type` of these file systems, of
/// [statfs(2)](https://man7.org/linux/man-pages/man2/statfs.2.html).
const MADE_UP: [u32; 24] = [
    PROC,
    0x6265_6572, // sysfs
    0x7472_6163, // tracefs
    0x6462_6720, // debugfs
    0x7363_6673, // securityfs
    0x0027_e0eb, // cgroup
    0x6367_7270, // cgroup2
    0x0762_1821, // resctrl
    0xcafe_4a11, // bpf
    0x6265_6570, // configfs
    0xf97c_ff8c, // selinuxfs
    0x4341_5d53, // smackfs
    0x5a3c_69f0, // apparmorfs
    0x6165_676c, // pstore
    0xde5e_81e4, // efivarfs
    0x0000_1cd1, // devpts
    0x1980_0202, // mqueue
    0x4249_4e4d, // binfmt_misc
    0x6e73_6673, // nsfs
    0x6759_6969, // rpc_pipefs
    0x6e66_7364, // nfsd
    0x6573_5543, // fusectl
    0x6c6f_6f70, // binder
    0xabba_1974, // xenfs
];

/// Returns whether the kernel makes up a file, by
/// [fstatfs(2)](https://man7.org/linux/man-pages/man2/fstatfs.2.html).
pub(super) fn is_made_up(file: impl AsFd) -> io::Result<bool> {
    kind(file).map(|kind| MADE_UP.contains(&kind))
}

/// Returns whether an open file is one that the kernel makes up, as in `/proc`.
pub(crate) fn is_pseudo_file(file: &File) -> io::Result<bool> {
    is_made_up(file)
}

/// Returns whether a file is in procfs.
pub(super) fn is_in_proc(file: impl AsFd) -> io::Result<bool> {
    kind(file).map(|kind| kind == PROC)
}

/// Returns whether a file is in a file system that no reboot leaves: tmpfs or ramfs.
#[cfg(feature = "client")]
pub(crate) fn is_in_memory(file: &File) -> bool {
    const IN_MEMORY: [u32; 2] = [0x0102_1994, 0x8584_58f6];
    kind(file).is_ok_and(|kind| IN_MEMORY.contains(&kind))
}

fn kind(file: impl AsFd) -> io::Result<u32> {
    let about = match rustix::fs::fstatfs(file) {
        // A FUSE server need not know it.
        Err(Errno::NOSYS) => return Ok(0),
        about => about?,
    };
    // The type of the field differs between architectures; its values have 32 bits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "32 bits"
    )]
    Ok(about.f_type as u32)
}
