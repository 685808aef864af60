//! The signal to a daemon, and the wait for its exit and that of its family.

use std::io;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rpctl::__private::StopSignals;
use rpctl::control::{Grant, Left, SendError, SendOutcome, WaitOutcome};

use crate::commands::countdown::Countdown;
use crate::hints::{self, Asked};
use crate::output::Output;

/// Time for a daemon to exit that is killed because it did not terminate.
const FORCE_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for descendants that end because the daemon has, before they are named.
const SETTLE_TIME: Duration = Duration::from_millis(100);

/// The outcome of an attempt to stop a daemon.
pub(super) enum StopOutcome {
    /// The daemon had exited before the signal.
    AlreadyGone(Left),
    /// The daemon exited after this time.
    Exited(Duration, Left),
    /// The daemon exited after this time, and descendants that were to end with it did not.
    TreeAlive(Duration, Left),
    /// The daemon was still alive after this time. If it was to be killed then, it was not, for
    /// this reason.
    StillAlive(Duration, Option<SendError>),
    /// An interrupt ended the wait after this time. The daemon was still alive.
    Interrupted(Duration),
    /// The system refused to send the signal.
    NotSent(SendError),
}

/// How to wait for a daemon.
pub(super) struct Wait<'a> {
    pub(super) timeout: Duration,
    /// Whether processes that are still alive at the deadline are killed.
    pub(super) force: bool,
    /// Whether the descendants end, too.
    pub(super) tree: bool,
    /// They end the wait. A warning then names the signal that was sent.
    pub(super) interrupts: &'a StopSignals,
    pub(super) output: &'a Output,
    pub(super) asked: Asked<'a>,
}

impl Wait<'_> {
    /// Sends the signal of a grant, and waits for the daemon to exit, and then for those that
    /// serve its socket on, or for its descendants.
    pub(super) fn stop(&self, grant: &mut Grant) -> Result<StopOutcome> {
        let started = Instant::now();
        let standstill = grant.standstill();
        match grant.send() {
            Ok(SendOutcome::Delivered) => {}
            Ok(SendOutcome::AlreadyGone) => return Ok(StopOutcome::AlreadyGone(grant.left())),
            Err(error) => return Ok(StopOutcome::NotSent(error)),
        }
        let warning = hints::before_wait(
            grant.signal(),
            grant.report(),
            standstill.as_ref(),
            self.asked,
        );
        if let Some(warning) = warning {
            self.output.warn_of(&warning.sentence, &warning.next);
        }
        // A child that the daemon has forked since is its descendant only while it lives.
        let _ = grant.hold_family();
        let mut waited = self.wait(grant, self.timeout)?;
        let mut not_killed = None;
        if waited == WaitOutcome::TimedOut && self.force {
            // The last look at its descendants.
            let _ = grant.hold_family();
            match grant.escalate() {
                Ok(SendOutcome::Delivered) => waited = self.wait(grant, FORCE_TIMEOUT)?,
                Ok(SendOutcome::AlreadyGone) => waited = WaitOutcome::Exited,
                Err(error) => not_killed = Some(error),
            }
        }
        let elapsed = started.elapsed();
        Ok(match waited {
            WaitOutcome::Exited => self.after_exit(grant, started)?,
            WaitOutcome::TimedOut => StopOutcome::StillAlive(elapsed, not_killed),
            WaitOutcome::Interrupted => self.interrupted(grant, elapsed),
        })
    }

    /// Waits for the daemon to exit, with a countdown on a terminal.
    fn wait(&self, grant: &mut Grant, timeout: Duration) -> Result<WaitOutcome> {
        let (pid, signal) = (grant.pid(), grant.signal().name());
        let awaited = format!("PID {pid} to exit after {signal}");
        let waited = self.counting(&awaited, timeout, |time| {
            if self.tree {
                grant.wait_exit_with_family_or(self.interrupts, time)
            } else {
                grant.wait_exit_or(self.interrupts, time)
            }
        });
        waited.context("cannot wait for the process")
    }

    /// Waits by a function that can be called again, with a countdown on a terminal.
    fn counting(
        &self,
        awaited: &str,
        timeout: Duration,
        mut wait: impl FnMut(Duration) -> io::Result<WaitOutcome>,
    ) -> io::Result<WaitOutcome> {
        // Most processes have exited before a countdown could be read.
        let quiet = timeout.min(Countdown::DELAY);
        let rest = timeout.saturating_sub(quiet);
        let waited = wait(quiet)?;
        if waited != WaitOutcome::TimedOut || rest.is_zero() {
            return Ok(waited);
        }
        let countdown = Countdown::start(self.output, awaited, rest);
        let waited = wait(rest);
        countdown.end();
        waited
    }

    /// Ends the descendants, if they are to end, or else waits for those that serve on.
    fn after_exit(&self, grant: &mut Grant, started: Instant) -> Result<StopOutcome> {
        let exited = started.elapsed();
        let rest = || self.timeout.saturating_sub(started.elapsed());
        if self.tree {
            let awaited = format!("the descendants of PID {} to exit", grant.pid());
            let mut ended = self.counting(&awaited, rest(), |time| {
                grant.end_descendants_or(self.interrupts, time)
            });
            if matches!(ended, Ok(WaitOutcome::TimedOut)) && self.force {
                ended = grant.kill_descendants_or(self.interrupts, FORCE_TIMEOUT);
            }
            match ended.context("cannot wait for the descendants")? {
                WaitOutcome::Exited => {}
                WaitOutcome::TimedOut => return Ok(StopOutcome::TreeAlive(exited, grant.left())),
                WaitOutcome::Interrupted => return Ok(self.interrupted(grant, exited)),
            }
        }
        let left = self.settle(grant, rest)?;
        Ok(match left {
            Some(left) => StopOutcome::Exited(exited, left),
            None => self.interrupted(grant, exited),
        })
    }

    /// Waits until no process serves the socket on that may end, at most for the `rest` of the
    /// time, and a moment for the others. `None` if an interrupt ends the wait.
    fn settle(&self, grant: &Grant, rest: impl Fn() -> Duration) -> Result<Option<Left>> {
        let exited = Instant::now();
        loop {
            let left = grant.left();
            let moment = SETTLE_TIME.saturating_sub(exited.elapsed());
            let time = if left.may_end() { rest() } else { moment };
            if time.is_zero() || left.processes().is_empty() {
                return Ok(Some(left));
            }
            let awaited = "the processes that serve on";
            let waited = self.counting(awaited, time, |time| {
                left.wait_change_or(self.interrupts, time)
            });
            let waited = waited.context("cannot wait for the processes that are left")?;
            if waited == WaitOutcome::Interrupted {
                return Ok(None);
            }
        }
    }

    fn interrupted(&self, grant: &Grant, elapsed: Duration) -> StopOutcome {
        let (signal, pid) = (grant.signal().name(), grant.pid());
        self.output.warn(&format!(
            "interrupted: {signal} was already sent to PID {pid}, which may still be ending"
        ));
        StopOutcome::Interrupted(elapsed)
    }
}
