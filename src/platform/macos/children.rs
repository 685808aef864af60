//! The children of a process, and whether it is one of this process.

use std::io;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::process::PinnedProcess;
use super::sys::process as sys;

impl PinnedProcess {
    /// Returns whether this process is a child of the calling one that was not waited for,
    /// by
    /// [waitid(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/wait.2.html),
    /// which leaves it to be waited for. Until then, no other process gets its PID.
    pub(crate) fn is_own_child(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let number = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        let number = number.ok_or(Errno::SRCH)?;
        self.looked(match waitid(WaitId::Pid(number), options) {
            Ok(_) => Ok(true),
            Err(Errno::CHILD) => Ok(false),
            Err(error) => Err(error.into()),
        })
    }

    /// Returns the PIDs of the present children.
    pub(super) fn children(&self) -> io::Result<Vec<u32>> {
        self.looked(sys::children(self.pid()))
    }
}
