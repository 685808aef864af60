//! Waiting for the process of a grant to exit.

use std::io;
use std::time::Duration;

use super::grant::Grant;
use crate::deadline::Deadline;
use crate::platform::{
    self, AsWaitable, ExitStatus, Interest, PinnedProcess, impl_as_waitable, waitable,
};

/// The outcome of a wait for the process to exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitOutcome {
    /// The process has exited.
    Exited,
    /// The process was still running when the time was over.
    TimedOut,
    /// The other descriptor became readable first.
    Interrupted,
}

impl Grant {
    /// Waits for the process to exit, at most `timeout`. Returns whether it has exited;
    /// a zombie has. Linux: by
    /// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html).
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails.
    pub fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        self.process().wait_exit(timeout)
    }

    /// Waits like [`Self::wait_exit`], and returns early when `stop` becomes readable.
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails.
    pub fn wait_exit_or(
        &self,
        stop: impl AsWaitable,
        timeout: Duration,
    ) -> io::Result<WaitOutcome> {
        wait_for_one(&[self.process()], stop, timeout)
    }

    /// Returns how the process ended; `None` if the system does not report it. Linux: a
    /// zombie is described by
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html),
    /// a reaped process by its pidfd, since Linux 6.15.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.process().exit_status()
    }
}

impl_as_waitable! {
    /// Returns a handle that is readable once the process has exited. Linux: the pidfd.
    Grant, grant => waitable(grant.process())
}

/// Waits until one of these processes has exited, or `stop` is readable, at most `timeout`.
pub(super) fn wait_for_one(
    processes: &[&PinnedProcess],
    stop: impl AsWaitable,
    timeout: Duration,
) -> io::Result<WaitOutcome> {
    let deadline = Deadline::after(timeout);
    let handles = processes.iter().map(|process| waitable(*process));
    let interests: Vec<Interest<'_>> = handles
        .chain([waitable(&stop)])
        .map(Interest::readable)
        .collect();
    loop {
        let ready = platform::wait_any(&interests, Some(deadline.remaining()))?;
        match ready.split_last() {
            Some((_, exited)) if exited.contains(&true) => return Ok(WaitOutcome::Exited),
            Some((true, _)) => return Ok(WaitOutcome::Interrupted),
            _ if deadline.has_passed() => return Ok(WaitOutcome::TimedOut),
            _ => {}
        }
    }
}
