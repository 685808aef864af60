//! The descriptors of a pinned process.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::{Dir, Mode, OFlags, openat, readlinkat};
use rustix::io::Errno;

use super::process::PinnedProcess;

impl PinnedProcess {
    /// Returns whether this process holds one of these sockets, by
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html).
    pub(crate) fn holds_socket(&self, inodes: &[u32]) -> io::Result<bool> {
        let wanted: Vec<String> = inodes
            .iter()
            .map(|inode| format!("socket:[{inode}]"))
            .collect();
        self.in_living_thread(|directory| holds_any(directory, &wanted))
            .map_err(|error| self.unless_hidden(error))
    }
}

/// Returns whether a thread with this directory holds a descriptor with one of these names.
fn holds_any(directory: BorrowedFd<'_>, wanted: &[String]) -> rustix::io::Result<bool> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = openat(directory, "fd", flags, Mode::empty())?;
    let mut buffer = Vec::new();
    for entry in Dir::read_from(&fd)? {
        let entry = entry?;
        match readlinkat(&fd, entry.file_name(), std::mem::take(&mut buffer)) {
            Ok(link) => buffer = link.into_bytes(),
            // One that was closed since it was listed is not held; `.` and `..` are none.
            Err(Errno::NOENT | Errno::INVAL) => continue,
            // To list the descriptors takes fewer rights than to look at them.
            Err(error) => return Err(error),
        }
        if wanted.iter().any(|wanted| wanted.as_bytes() == buffer) {
            return Ok(true);
        }
    }
    // The descriptors of a thread that has ended are gone, and so is its link to the image.
    match readlinkat(directory, "exe", buffer) {
        Err(Errno::NOENT) => Err(Errno::NOENT),
        _ => Ok(false),
    }
}
