//! The right to stop a process, and its exercise.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::permission::{Denial, StopSignal, permits};
use crate::deadline::Deadline;
use crate::endpoint::LeftSocket;
use crate::identity::DaemonProcess;
use crate::platform::{
    self, AsWaitable, ExitStatus, Interest, PinnedProcess, impl_as_waitable, waitable,
};
use crate::probe::{Probe, ProbeReport};
use crate::process::{self, SendOutcome, Signal, SignalError, Trust, protection};
use crate::report::{CheckId, Outcome, Report};

/// Time for a process to exit that has no image any more.
const EXIT_TIME: Duration = Duration::from_millis(100);

/// The right to send one signal to one process: the process that was proven to be the
/// recorded one.
///
/// The process is held by a handle of the system, so the signal can never reach
/// another process that has got its PID. Linux: by
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html).
/// Dropping a grant sends nothing.
#[derive(Debug)]
pub struct Grant {
    signal: StopSignal,
    report: Report,
    daemon: DaemonProcess,
    process: PinnedProcess,
    /// A probe for another look at the daemon.
    probe: Probe,
    socket: Option<LeftSocket>,
    /// Whether the socket belongs to the user of the daemon, who is not root. Only that
    /// user is harmed if the path leads elsewhere.
    is_own_socket: bool,
}

/// A refusal to give a [`Grant`].
#[derive(Debug, thiserror::Error)]
#[error("{denial}")]
#[non_exhaustive]
pub struct Refused {
    /// The first rule that forbids the signal.
    #[source]
    pub denial: Denial,
    /// The report that was asked for the grant.
    pub report: ProbeReport,
}

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

/// An error that prevents a signal from being sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The process is protected, for example because the caller is its descendant.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The process is not proven any more to be the recorded one: it has executed another
    /// program, or cannot be examined any more.
    #[error("the process is no longer what was proven ({summary})")]
    Changed {
        /// Summary of the last report.
        summary: String,
    },
    /// The system refused, for example because the process belongs to another user.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl From<SignalError> for SendError {
    fn from(error: SignalError) -> Self {
        match error {
            SignalError::Protected { pid, what } => Denial::Protected { pid, what }.into(),
            SignalError::System(error) => error.into(),
        }
    }
}

impl ProbeReport {
    /// Turns the report into the right to send `signal` to the probed process.
    ///
    /// [`Trust::Waived`] accepts a record that other users could have written.
    ///
    /// # Errors
    ///
    /// [`Refused`] with this report and the first rule that forbids the signal.
    pub fn into_grant(self, signal: StopSignal, trust: Trust) -> Result<Grant, Box<Refused>> {
        let refused = |denial, report| Box::new(Refused { denial, report });
        match self.refusal(signal, trust) {
            Some(denial) => Err(refused(denial, self)),
            None => Grant::new(self, signal)
                .map(Grant::with_socket)
                .map_err(|report| refused(Denial::AlreadyGone, *report)),
        }
    }

    /// Returns the first rule that forbids the signal.
    ///
    /// A protected process is named as such even if the proof is incomplete: "PID 1 is
    /// the init process" says more than the list of missing checks.
    fn refusal(&self, signal: StopSignal, trust: Trust) -> Option<Denial> {
        let permission = permits(self.report(), signal);
        if let Err(Denial::AlreadyGone) = permission {
            return Some(Denial::AlreadyGone);
        }
        if let Some(denial) = self.process().and_then(deny_protected) {
            return Some(denial);
        }
        let untrusted = || {
            let foreign = || describe_foreign_user(self.report());
            let detail = self
                .distrust()
                .or_else(foreign)
                .filter(|_| trust == Trust::Required)?;
            Some(Denial::Untrusted { detail })
        };
        permission.err().or_else(untrusted)
    }
}

/// Describes a record that belongs to another ordinary user than the process; `None` for
/// any other.
fn describe_foreign_user(report: &Report) -> Option<String> {
    let check = report.check(CheckId::User)?;
    (check.outcome == Outcome::Warn).then(|| check.detail.clone())?
}

fn deny_protected(process: &PinnedProcess) -> Option<Denial> {
    let (pid, what) = (process.pid(), protection(process)?);
    Some(Denial::Protected { pid, what })
}

impl Grant {
    /// Makes a grant without asking for permission: the caller has done so. Gives the
    /// report back if it holds no process.
    pub(crate) fn new(report: ProbeReport, signal: StopSignal) -> Result<Self, Box<ProbeReport>> {
        let Some(probe) = Probe::again(&report) else {
            return Err(Box::new(report));
        };
        let (report, daemon, process) = report.into_parts()?;
        Ok(Self {
            signal,
            report,
            daemon,
            process,
            probe,
            socket: None,
            is_own_socket: false,
        })
    }

    /// Remembers the socket file, so that [`Self::remove_socket`] can recognise it.
    fn with_socket(mut self) -> Self {
        self.socket = LeftSocket::at_path(&self.daemon.ipc_endpoint);
        // The system reports the user only while the process lives.
        let user = self.process.uid().ok().filter(|&user| user != 0);
        self.is_own_socket = user.is_some() && self.socket.as_ref().map(LeftSocket::owner) == user;
        self
    }

    /// Returns the signal that [`Self::send`] sends.
    #[must_use]
    pub fn signal(&self) -> StopSignal {
        self.signal
    }

    /// Returns the report that gave the grant.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the report that gave the grant, and gives the grant up.
    #[must_use]
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Returns the identity that was proven.
    #[must_use]
    pub fn daemon(&self) -> &DaemonProcess {
        &self.daemon
    }

    pub(crate) fn process(&self) -> &PinnedProcess {
        &self.process
    }

    /// Sends the signal that the grant was given for. Linux: by
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    ///
    /// # Errors
    ///
    /// [`SendError::Denied`] if the process has become protected, and
    /// [`SendError::System`] if the system refuses.
    pub fn send(&self) -> Result<SendOutcome, SendError> {
        Ok(process::send(&self.process, self.signal.signal())?)
    }

    /// Sends SIGKILL to a process that did not exit after SIGTERM. From then on the
    /// grant is one for [`StopSignal::Kill`].
    ///
    /// The process is examined once more before, because it may have executed another
    /// program.
    ///
    /// # Errors
    ///
    /// [`SendError::Changed`] if the process is not proven any more to run the recorded
    /// program, else as [`Self::send`]; the grant is then unchanged.
    pub fn escalate(&mut self) -> Result<SendOutcome, SendError> {
        if self.process.wait_exit(Duration::ZERO)? {
            return Ok(SendOutcome::AlreadyGone);
        }
        let now = self.probe_again(Duration::ZERO);
        let proves = |id| now.check(id).is_some_and(|it| it.outcome == Outcome::Pass);
        if !(proves(CheckId::Pid) && proves(CheckId::Digest)) {
            // A process that exits loses its image first.
            if self.process.wait_exit(EXIT_TIME)? {
                return Ok(SendOutcome::AlreadyGone);
            }
            let summary = now.summary;
            return Err(SendError::Changed { summary });
        }
        let outcome = process::send(&self.process, Signal::Kill)?;
        if outcome == SendOutcome::Delivered {
            self.signal = StopSignal::Kill;
        }
        Ok(outcome)
    }

    /// Probes the daemon once more; its endpoint within `timeout`.
    #[must_use]
    pub fn probe_again(&self, timeout: Duration) -> Report {
        self.probe.clone().timeout(timeout).run().into_report()
    }

    /// Waits for the process to exit, at most `timeout`. Returns whether it has exited;
    /// a zombie has. Linux: by
    /// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html).
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails.
    pub fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        self.process.wait_exit(timeout)
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
        let deadline = Deadline::after(timeout);
        loop {
            let interests = [
                Interest::readable(waitable(&self.process)),
                Interest::readable(waitable(&stop)),
            ];
            let ready = platform::wait_any(&interests, Some(deadline.remaining()))?;
            match ready.as_slice() {
                [true, ..] => return Ok(WaitOutcome::Exited),
                [_, true] => return Ok(WaitOutcome::Interrupted),
                _ if deadline.has_passed() => return Ok(WaitOutcome::TimedOut),
                _ => {}
            }
        }
    }

    /// Returns how the process ended; `None` if the system does not report it. Linux: a
    /// zombie is described by
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html),
    /// a reaped process by its pidfd, since Linux 6.15.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.process.exit_status()
    }

    /// Removes the socket file that the process left, if it is still the same file and
    /// no process listens on it. Returns whether a file was removed.
    ///
    /// # Errors
    ///
    /// The error of the system if the file cannot be removed, and
    /// [`io::ErrorKind::PermissionDenied`] if other users could have put it there.
    pub fn remove_socket(&self) -> io::Result<bool> {
        match &self.socket {
            None => Ok(false),
            Some(socket) if self.is_own_socket => socket.remove_unchecked(),
            Some(socket) => socket.remove(),
        }
    }

    /// Returns the path of the socket.
    #[must_use]
    pub fn socket_path(&self) -> &Path {
        Path::new(&self.daemon.ipc_endpoint.path)
    }
}

impl_as_waitable! {
    /// Returns a handle that is readable once the process has exited. Linux: the pidfd.
    Grant, grant => waitable(&grant.process)
}
