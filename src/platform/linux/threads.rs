//! The threads of a pinned process, of which any may end before the others.

use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Dir, Mode, OFlags, openat};
use rustix::io::{self, Errno};

use super::process::PinnedProcess;

impl PinnedProcess {
    /// Looks at a file in `/proc/PID`, or in the directory of another thread of the
    /// process if the first thread has ended: its link to the image, its root directory
    /// and its descriptors go with it, see
    /// [proc_pid_task(5)](https://man7.org/linux/man-pages/man5/proc_pid_task.5.html).
    pub(super) fn in_living_thread<T>(
        &self,
        look: impl Fn(BorrowedFd<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        match look(self.proc_dir.as_fd()) {
            Err(Errno::NOENT) => self.in_other_thread(look).unwrap_or(Err(Errno::NOENT)),
            looked => looked,
        }
    }

    /// Returns the first result that is not the absence of the file; `None` if each thread
    /// lacks it.
    fn in_other_thread<T>(
        &self,
        look: impl Fn(BorrowedFd<'_>) -> io::Result<T>,
    ) -> Option<io::Result<T>> {
        let threads = self.thread_directories().ok()?;
        threads
            .map(|thread| look(thread.as_fd()))
            .find(|looked| !matches!(looked, Err(Errno::NOENT)))
    }

    /// Opens the directory of each living thread.
    pub(super) fn thread_directories(&self) -> io::Result<impl Iterator<Item = OwnedFd>> {
        let directory = |parent: BorrowedFd<'_>, name: &CStr| {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            openat(parent, name, flags, Mode::empty())
        };
        let mut tasks = Dir::new(directory(self.proc_dir.as_fd(), c"task")?)?;
        Ok(std::iter::from_fn(move || {
            loop {
                let thread = tasks.next()?.ok()?;
                let name = thread.file_name();
                if !name.to_bytes().starts_with(b".")
                    && let Ok(thread) = directory(tasks.fd().ok()?, name)
                {
                    return Some(thread);
                }
            }
        }))
    }
}
