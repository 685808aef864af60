//! The parent of this process.

use std::io;

use rustix::process::{Pid, Signal};

/// Makes the kernel send SIGTERM to this process when its parent ends, by
/// [`PR_SET_PDEATHSIG`](https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html).
///
/// Returns whether the parent is still `parent`. If not, it ended before the call and no
/// signal will come.
///
/// # Errors
///
/// The error of the system call.
pub fn end_with_parent(parent: u32) -> io::Result<bool> {
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
    let now = Pid::as_raw(rustix::process::getppid());
    Ok(u32::try_from(now) == Ok(parent))
}
