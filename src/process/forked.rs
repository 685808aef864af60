//! Commands that a shell has forked, and that have not executed their program yet.

use std::io;
use std::time::Duration;

use crate::platform::{self, PinnedProcess};

/// The number of looks at a process, one in a millisecond.
const LOOKS: u32 = 2_000;

/// Waits until a command that a shell has started runs its own program: between fork(2) and
/// execve(2), it is a copy of the shell. At most two seconds, because a part of a script in
/// the background stays a copy.
pub(super) fn outlive_fork(process: &PinnedProcess) -> io::Result<()> {
    wait_while(process, is_copy_of_shell)
}

/// Waits until a child that was spawned runs its own program: vfork(2) lets the parent go on a
/// moment before the kernel exchanges the image. At most two seconds.
pub(super) fn outlive_spawn(process: &PinnedProcess) -> io::Result<()> {
    wait_while(process, |process| Ok(!process.status()?.has_executed))
}

fn wait_while(
    process: &PinnedProcess,
    is_copy: impl Fn(&PinnedProcess) -> io::Result<bool>,
) -> io::Result<()> {
    for _ in 0..LOOKS {
        if !is_copy(process).unwrap_or(false)
            || platform::pause(Some(process), Duration::from_millis(1))?
        {
            break;
        }
    }
    Ok(())
}

/// Returns whether a process is an unchanged copy of a shell: of an ancestor of the caller,
/// or of the one that the caller has replaced by exec. A daemon that has only forked has
/// another parent, or runs another program than that.
fn is_copy_of_shell(process: &PinnedProcess) -> io::Result<bool> {
    let status = process.status()?;
    if status.has_executed || status.is_kernel_thread {
        return Ok(false);
    }
    let Ok(parent) = PinnedProcess::open(status.parent) else {
        return Ok(false);
    };
    let Some((own, parents)) = process.image_file()?.zip(parent.image_file()?) else {
        return Ok(false);
    };
    let runs_the_same = own.stat.id == parents.stat.id;
    if status.parent == std::process::id() {
        return Ok(!runs_the_same);
    }
    Ok(runs_the_same && platform::is_ancestor(&parent)?)
}
