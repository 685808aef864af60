//! The descendants of a process that is signalled, held before the signal: afterwards, they
//! have another parent, and nothing proves where they come from.

use std::io;
use std::time::Duration;

use super::grant::Grant;
use super::wait::{WaitOutcome, wait_for_one};
use crate::deadline::Deadline;
use crate::platform::AsWaitable;
use crate::process::Signal;

/// The time after which descendants are looked for again during a wait.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The descendants of the process. A process is one only if the chain of its parents up to the
/// process was seen while each of them lived, so that a process with the PID of one that has
/// ended is never taken for it.
impl Grant {
    /// Holds the descendants of the process that live now and are not held yet, and those of
    /// the held ones. The first call also remembers the recorded addresses, or if there are none
    /// those on which the process listens, for [`Self::left`]. To be called before the signal.
    ///
    /// Linux: by the files `children` of
    /// [proc_pid_task(5)](https://man7.org/linux/man-pages/man5/proc_pid_task.5.html), with two
    /// descriptors for each. Looks again until no further descendant appears.
    ///
    /// # Errors
    ///
    /// The error of the system, for example if no descriptor is left, or if the mount option
    /// `hidepid` hides a descendant; or the descendants multiply faster than they are found.
    /// Those that were found are held.
    pub fn hold_family(&mut self) -> io::Result<()> {
        let (process, family, expected) = self.parts();
        family.hold(process, expected)
    }

    /// Returns the PIDs of the held descendants that live, parents before children.
    #[must_use]
    pub fn descendants(&self) -> Vec<u32> {
        let living = self.family().living();
        living.map(|one| one.process.pid()).collect()
    }

    /// Returns the PIDs of the descendants that were signalled.
    #[must_use]
    pub fn signalled_descendants(&self) -> Vec<u32> {
        self.family().signalled.clone()
    }

    /// Waits like [`Self::wait_exit_or`], and holds the descendants that appear.
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails. A descendant that cannot be held is left out.
    pub fn wait_exit_with_family_or(
        &mut self,
        stop: impl AsWaitable,
        timeout: Duration,
    ) -> io::Result<WaitOutcome> {
        let deadline = Deadline::after(timeout);
        loop {
            let step = deadline.remaining().min(LOOK_AGAIN);
            let waited = self.wait_exit_or(&stop, step)?;
            // One of those that are held may still have others.
            let _ = self.hold_family();
            if waited != WaitOutcome::TimedOut || deadline.has_passed() {
                return Ok(waited);
            }
        }
    }

    /// Sends the signal of the grant to the held descendants that live, and to those that
    /// appear, parents first, and waits until all have exited, at most `timeout`. Returns early
    /// when `stop` becomes readable. To be called once the process itself has exited.
    ///
    /// The calling process, its ancestors, PID 1 and kernel threads are never signalled. Nothing
    /// proves the parent of a process that was started, and left alone by the end of its parent,
    /// between two looks. It is not signalled; if it is in the session of the process or of a
    /// descendant, [`Self::left`] names it as an [`Orphan`](super::Relation::Orphan).
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails. A descendant that cannot be signalled is
    /// waited for; [`Self::left`] tells why it was not signalled.
    pub fn end_descendants_or(
        &mut self,
        stop: impl AsWaitable,
        timeout: Duration,
    ) -> io::Result<WaitOutcome> {
        self.end_descendants(self.signal(), stop, timeout)
    }

    /// Ends the descendants like [`Self::end_descendants_or`], by SIGKILL.
    ///
    /// # Errors
    ///
    /// As [`Self::end_descendants_or`].
    pub fn kill_descendants_or(
        &mut self,
        stop: impl AsWaitable,
        timeout: Duration,
    ) -> io::Result<WaitOutcome> {
        self.end_descendants(Signal::Kill, stop, timeout)
    }

    fn end_descendants(
        &mut self,
        signal: Signal,
        stop: impl AsWaitable,
        timeout: Duration,
    ) -> io::Result<WaitOutcome> {
        let deadline = Deadline::after(timeout);
        loop {
            // Those that are found are signalled, even if others cannot be held.
            let held = self.hold_family();
            self.parts().1.send(signal);
            let living: Vec<_> = self.family().living().map(|one| &one.process).collect();
            if living.is_empty() && held.is_ok() {
                self.parts().1.look_for_orphans();
                return Ok(WaitOutcome::Exited);
            }
            let step = deadline.remaining().min(LOOK_AGAIN);
            if wait_for_one(&living, &stop, step)? == WaitOutcome::Interrupted {
                return Ok(WaitOutcome::Interrupted);
            }
            if deadline.has_passed() {
                self.parts().1.look_for_orphans();
                let left = self.family().living().next();
                return Ok(left.map_or(WaitOutcome::Exited, |_| WaitOutcome::TimedOut));
            }
        }
    }
}
