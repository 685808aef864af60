//! The right to signal a process, and its exercise.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::send_error::SendError;
use crate::endpoint::LeftSocket;
use crate::identity::DaemonProcess;
use crate::platform::PinnedProcess;
use crate::probe::{Probe, ProbeReport};
use crate::process::{self, SendOutcome, Signal};
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
    signal: Signal,
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

impl Grant {
    /// Makes a grant without asking for permission: the caller has done so. Gives the
    /// report back if it holds no process.
    pub(crate) fn new(report: ProbeReport, signal: Signal) -> Result<Self, Box<ProbeReport>> {
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
    pub(super) fn with_socket(mut self) -> Self {
        self.socket = LeftSocket::at_path(&self.daemon.ipc_endpoint);
        // The system reports the user only while the process lives.
        let user = self.process.uid().ok().filter(|&user| user != 0);
        self.is_own_socket = user.is_some() && self.socket.as_ref().map(LeftSocket::owner) == user;
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
        Ok(process::send(&self.process, self.signal)?)
    }

    /// Sends SIGKILL to a process that did not exit after SIGTERM. From then on the
    /// grant is one for [`Signal::Kill`].
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
            self.signal = Signal::Kill;
        }
        Ok(outcome)
    }

    /// Probes the daemon once more; its endpoint within `timeout`.
    #[must_use]
    pub fn probe_again(&self, timeout: Duration) -> Report {
        self.probe.clone().timeout(timeout).run().into_report()
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
