//! The right to signal a process, and its exercise.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::family::Family;
use super::permission::still_runs_it;
use super::send_error::SendError;
use crate::endpoint::LeftSocket;
use crate::identity::DaemonProcess;
use crate::platform::{PinnedProcess, UserId};
use crate::probe::{Expected, Probe, ProbeReport};
use crate::process::{self, SendOutcome, Signal};
use crate::report::Report;
use crate::standstill::Standstill;

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
    signal: Signal,
    report: Report,
    expected: Expected,
    process: PinnedProcess,
    family: Family,
    /// A probe for another look at the daemon.
    probe: Probe,
    /// The socket files that it may leave.
    sockets: Vec<LeftSocket>,
    /// The user of the process, who is not root: only that user is harmed if the path of
    /// such a socket leads elsewhere.
    user: Option<UserId>,
}

impl Grant {
    /// Makes a grant without asking for permission: the caller has done so. Gives the
    /// report back if it holds no process.
    pub(crate) fn new(report: ProbeReport, signal: Signal) -> Result<Self, Box<ProbeReport>> {
        let Some(probe) = Probe::again(&report) else {
            return Err(Box::new(report));
        };
        let (report, expected, process) = report.into_parts()?;
        Ok(Self {
            signal,
            report,
            expected,
            process,
            family: Family::default(),
            probe,
            sockets: Vec::new(),
            user: None,
        })
    }

    /// Remembers the socket files, so that [`Self::remove_sockets`] can recognise them.
    pub(super) fn with_sockets(mut self) -> Self {
        self.sockets = self.expected.left_sockets();
        // The system reports the user only while the process lives.
        self.user = self.process.uid().ok().filter(|&user| user != 0);
        self
    }

    /// Returns the signal that [`Self::send`] sends.
    #[must_use]
    pub fn signal(&self) -> Signal {
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

    /// Returns the identity that was proven, if it is that of a daemon.
    #[must_use]
    pub fn daemon(&self) -> Option<&DaemonProcess> {
        self.expected.daemon()
    }

    /// Returns the PID of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub(crate) fn process(&self) -> &PinnedProcess {
        &self.process
    }

    pub(super) fn family(&self) -> &Family {
        &self.family
    }

    pub(super) fn parts(&mut self) -> (&PinnedProcess, &mut Family, &Expected) {
        (&self.process, &mut self.family, &self.expected)
    }

    /// Returns why the process does nothing now, not even end; `None` if it may run, or if
    /// that is not known.
    #[must_use]
    pub fn standstill(&self) -> Option<Standstill> {
        self.process.standstill()
    }

    /// Sends the signal that the grant was given for. Linux: by
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    ///
    /// # Errors
    ///
    /// [`SendError::Denied`] if the process has become protected, and
    /// [`SendError::System`] if the system refuses.
    pub fn send(&self) -> Result<SendOutcome, SendError> {
        Ok(process::send(&self.process, self.signal)?)
    }

    /// Sends SIGKILL to a process that did not exit after the signal of the grant. From then on
    /// the grant is one for [`Signal::Kill`].
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
        if !still_runs_it(&now) {
            // A process that exits loses its image first.
            if self.process.wait_exit(EXIT_TIME)? {
                return Ok(SendOutcome::AlreadyGone);
            }
            let summary = now.summary;
            return Err(SendError::Changed { summary });
        }
        let outcome = process::send(&self.process, Signal::Kill)?;
        if outcome == SendOutcome::Delivered {
            self.signal = Signal::Kill;
        }
        Ok(outcome)
    }

    /// Probes the daemon once more; its endpoint within `timeout`.
    #[must_use]
    pub fn probe_again(&self, timeout: Duration) -> Report {
        self.probe.clone().timeout(timeout).run().into_report()
    }

    /// Removes the socket files that the process left, each if it is still the same file and
    /// no process listens on it. Returns for each path whether a file was removed, or the
    /// error of the system; one of the kind [`io::ErrorKind::PermissionDenied`] if other
    /// users could have put it there.
    #[must_use]
    pub fn remove_sockets(&self) -> Vec<(&Path, io::Result<bool>)> {
        let remove = |socket: &LeftSocket| match self.user {
            Some(user) if socket.owner() == user => socket.remove_unchecked(),
            _ => socket.remove(),
        };
        let sockets = self.sockets.iter();
        sockets
            .map(|socket| (socket.path(), remove(socket)))
            .collect()
    }

    /// Returns the paths of the recorded Unix sockets. One that starts with `@` is a name in
    /// the abstract namespace.
    #[must_use]
    pub fn socket_paths(&self) -> Vec<&Path> {
        self.expected.socket_paths()
    }
}
