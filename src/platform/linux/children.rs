//! The children of a pinned process, and whether it is one of this process.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{AtFlags, statat};
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::proc;
use super::process::PinnedProcess;

impl PinnedProcess {
    /// Returns whether this process is a child of the calling one that was not waited for,
    /// by [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html), which leaves it
    /// to be waited for.
    pub(crate) fn is_own_child(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::PidFd(self.as_fd()), options) {
            Ok(_) => Ok(true),
            Err(Errno::CHILD) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the PIDs of the present children, by the file `children` of
    /// [proc_pid_task(5)](https://man7.org/linux/man-pages/man5/proc_pid_task.5.html).
    pub(super) fn children(&self) -> io::Result<Vec<u32>> {
        let mut children = Vec::new();
        for thread in self.thread_directories()? {
            let children_of_thread = proc::open_at(&thread, "children")
                .map_err(io::Error::from)
                .and_then(proc::read);
            match children_of_thread {
                Ok(text) => {
                    let pids = text.split_ascii_whitespace();
                    children.extend(pids.filter_map(|pid| pid.parse::<u32>().ok()));
                }
                // A thread that has ended has no children: another one has them now.
                Err(_) if statat(&thread, "stat", AtFlags::empty()).is_err() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(children)
    }
}
