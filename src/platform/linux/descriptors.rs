//! The sockets to which a pinned process has descriptors.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::{Dir, FileType, Mode, OFlags, openat, readlinkat};
use rustix::io::Errno;

use super::process::PinnedProcess;

impl PinnedProcess {
    /// Returns whether this process holds one of these sockets, by
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html).
    pub(crate) fn holds_socket(&self, inodes: &[u32]) -> io::Result<bool> {
        self.in_living_thread(|thread| any_socket(thread, |inode| inodes.contains(&inode)))
            .map_err(|error| self.unless_hidden(error))
    }

    /// Returns the inodes of the sockets that this process holds.
    pub(crate) fn socket_inodes(&self) -> io::Result<BTreeSet<u32>> {
        let all = |thread: BorrowedFd<'_>| {
            let mut inodes = BTreeSet::new();
            any_socket(thread, |inode| {
                inodes.insert(inode);
                false
            })
            .map(|_| inodes)
        };
        self.in_living_thread(all)
            .map_err(|error| self.unless_hidden(error))
    }
}

/// Returns whether a thread with this directory holds a socket that `is_wanted`; none is
/// looked at after that.
pub(super) fn any_socket(
    directory: BorrowedFd<'_>,
    mut is_wanted: impl FnMut(u32) -> bool,
) -> rustix::io::Result<bool> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut descriptors = Dir::new(openat(directory, "fd", flags, Mode::empty())?)?;
    let mut buffer = Vec::new();
    while let Some(entry) = descriptors.next() {
        let entry = entry?;
        if entry.file_type() == FileType::Directory {
            continue;
        }
        let link = readlinkat(
            descriptors.fd()?,
            entry.file_name(),
            std::mem::take(&mut buffer),
        );
        match link {
            Ok(link) => buffer = link.into_bytes(),
            // One that was closed since it was listed is not held.
            Err(Errno::NOENT) => continue,
            // To list the descriptors takes fewer rights than to look at them.
            Err(error) => return Err(error),
        }
        if socket_inode(&buffer).is_some_and(&mut is_wanted) {
            return Ok(true);
        }
    }
    // The descriptors of a thread that has ended are gone, and so is its link to the image.
    match readlinkat(directory, "exe", buffer) {
        Err(Errno::NOENT) => Err(Errno::NOENT),
        _ => Ok(false),
    }
}

/// Returns the inode of a descriptor with this name, if it is one of a socket.
fn socket_inode(name: &[u8]) -> Option<u32> {
    let number = name.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}
