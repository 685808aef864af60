//! What a process does about its session, its streams and its children.

use std::fs::File;
use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal};

use super::process::PinnedProcess;

/// Leave the caller's session, and with it the caller's terminal.
///
/// # Errors
///
/// When this process already leads a session or a process group.
pub fn new_session() -> io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}

/// Have SIGTERM sent to this process once its parent ends, however it ends.
///
/// Whether the parent is still `parent`; if not, it ended before.
///
/// # Errors
///
/// When the system refuses.
pub fn end_with_parent(parent: u32) -> io::Result<bool> {
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
    let now = Pid::as_raw(rustix::process::getppid());
    Ok(u32::try_from(now) == Ok(parent))
}

/// End a child process and collect it: ask it to terminate, and kill it when it
/// has not done so within `patience`.
///
/// # Errors
///
/// When the system refuses.
pub fn end_child(child: &mut Child, patience: Duration) -> io::Result<ExitStatus> {
    // Not collected yet, so its number belongs to no other process.
    if child.try_wait()?.is_none() {
        let is_over = match PinnedProcess::open(child.id()) {
            Ok(process) => process.terminate().is_ok() && process.wait_exit(patience)?,
            Err(_) => false,
        };
        if !is_over {
            child.kill()?;
        }
    }
    child.wait()
}

/// Give up the standard streams; they lead nowhere from here on.
///
/// # Errors
///
/// When `/dev/null` cannot be opened.
pub fn close_standard_streams() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Keep children from inheriting anything but the standard streams.
pub fn forget_descriptors() {
    close_fds::set_fds_cloexec(3, &[]);
}
