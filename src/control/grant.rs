//! The right to stop a process, and its exercise.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use super::permission::{Denial, Protected, StopSignal, judge};
use crate::deadline::Deadline;
use crate::endpoint::LeftSocket;
use crate::identity::DaemonProcess;
use crate::platform::{self, ExitStatus, Interest, PinnedProcess};
use crate::probe::ProbeReport;
use crate::record::FindingCode;

/// What forbids signalling a process, whatever the evidence.
fn protection(process: &PinnedProcess) -> Option<Protected> {
    let pid = process.pid();
    if pid == std::process::id() {
        Some(Protected::Caller)
    } else if pid == 1 {
        Some(Protected::Init)
    } else if let Some(protected) = ancestry(process) {
        Some(protected)
    } else if process.status().is_ok_and(|status| status.is_kernel_thread) {
        Some(Protected::KernelThread)
    } else {
        None
    }
}

/// Refuse to signal what is never signalled.
pub(crate) fn refuse_protected(process: &PinnedProcess) -> Result<(), Denial> {
    protection(process).map_or(Ok(()), |what| {
        let pid = process.pid();
        Err(Denial::Protected { pid, what })
    })
}

fn ancestry(process: &PinnedProcess) -> Option<Protected> {
    match platform::is_ancestor(process) {
        Ok(is_ancestor) => is_ancestor.then_some(Protected::Ancestor),
        Err(_) => Some(Protected::PerhapsAncestor),
    }
}

/// The right to stop one process: the one that was verified.
#[derive(Debug)]
pub struct Grant {
    daemon: DaemonProcess,
    process: PinnedProcess,
    socket: Option<LeftSocket>,
    /// Whether the socket belongs to the daemon's own user, who is not root: then
    /// nobody is harmed, whoever has led its path there.
    is_of_daemon: bool,
}

/// What sending a signal came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The process got it.
    Delivered,
    /// The process had exited before.
    AlreadyGone,
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitOutcome {
    /// The process has exited.
    Exited,
    /// It still runs, and the time is over.
    TimedOut,
    /// The other descriptor became readable first.
    Interrupted,
}

impl ProbeReport {
    /// The right to stop the process that was verified.
    ///
    /// `trusting` accepts a record that others could have written.
    ///
    /// # Errors
    ///
    /// [`Denial`], by the first rule that forbids it.
    pub fn into_grant(self, stop: StopSignal, trusting: bool) -> Result<Grant, Denial> {
        let judged = judge(&self, stop);
        if matches!(judged, Err(Denial::AlreadyGone)) {
            return Err(Denial::AlreadyGone);
        }
        self.process().map_or(Ok(()), refuse_protected)?;
        judged?;
        if let Some(detail) = self.distrust().filter(|_| !trusting) {
            return Err(Denial::Untrusted { detail });
        }
        let Some((daemon, process)) = self.into_process() else {
            return Err(Denial::AlreadyGone);
        };
        let socket = LeftSocket::of(&daemon.ipc_endpoint);
        let owner = process.uid().ok().filter(|&user| user != 0);
        let is_of_daemon = owner.is_some() && socket.as_ref().map(LeftSocket::owner) == owner;
        Ok(Grant {
            daemon,
            process,
            socket,
            is_of_daemon,
        })
    }

    /// Who else could have written or replaced the record; `None` when nobody.
    #[must_use]
    pub fn distrust(&self) -> Option<String> {
        let details: Vec<&str> = self
            .findings()
            .iter()
            .filter(|finding| {
                matches!(
                    finding.finding,
                    FindingCode::WritableByOthers
                        | FindingCode::ForeignOwner
                        | FindingCode::Replaceable
                )
            })
            .map(|finding| finding.detail.as_str())
            .collect();
        (!details.is_empty()).then(|| details.join("; "))
    }
}

impl Grant {
    /// The identity that was verified.
    #[must_use]
    pub fn daemon(&self) -> &DaemonProcess {
        &self.daemon
    }

    /// Send the signal, to this very process.
    ///
    /// # Errors
    ///
    /// When the system refuses (the process belongs to another user).
    pub fn send(&self, stop: StopSignal) -> io::Result<SendOutcome> {
        send(&self.process, stop)
    }

    /// Wait for the process to exit; whether it did so in time. A zombie has
    /// exited.
    ///
    /// # Errors
    ///
    /// When waiting fails.
    pub fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        self.process.wait_exit(timeout)
    }

    /// [`Self::wait_exit`], ended early when `stop` becomes readable.
    ///
    /// # Errors
    ///
    /// When waiting fails.
    pub fn wait_exit_or(&self, stop: impl AsFd, timeout: Duration) -> io::Result<WaitOutcome> {
        let deadline = Deadline::after(timeout);
        loop {
            let interests = [
                Interest::readable(self.process.as_fd()),
                Interest::readable(stop.as_fd()),
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

    /// How the process ended; `None` where the kernel does not tell. Linux: of a
    /// zombie, `/proc` says so; of a reaped process, the pidfd (since 6.15).
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.process.exit_status()
    }

    /// Remove the socket file that the process left, if it is still the same and
    /// nobody listens on it; whether that was so.
    ///
    /// # Errors
    ///
    /// When the file cannot be removed.
    pub fn remove_socket(&self) -> io::Result<bool> {
        match &self.socket {
            None => Ok(false),
            Some(socket) if self.is_of_daemon => socket.remove_as_told(),
            Some(socket) => socket.remove(),
        }
    }

    /// The path of the socket.
    #[must_use]
    pub fn socket_path(&self) -> &Path {
        Path::new(&self.daemon.ipc_endpoint.path)
    }
}

impl AsFd for Grant {
    /// A descriptor that is readable once the process has exited. Linux: the
    /// pidfd.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.process.as_fd()
    }
}

/// Send a signal to a pinned process.
pub(crate) fn send(process: &PinnedProcess, stop: StopSignal) -> io::Result<SendOutcome> {
    let sent = match stop {
        StopSignal::Terminate => process.terminate(),
        StopSignal::Kill => process.kill(),
    };
    match sent {
        Ok(()) => Ok(SendOutcome::Delivered),
        Err(_) if process.wait_exit(Duration::ZERO)? => Ok(SendOutcome::AlreadyGone),
        Err(error) => Err(error),
    }
}

/// Send a signal and wait for the exit; whether it came in time.
pub(crate) fn stop(
    process: &PinnedProcess,
    stop: StopSignal,
    timeout: Duration,
) -> io::Result<bool> {
    match send(process, stop)? {
        SendOutcome::AlreadyGone => Ok(true),
        SendOutcome::Delivered => process.wait_exit(timeout),
    }
}
