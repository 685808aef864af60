//! A child process that is held by its pidfd.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
};

use super::wait::wait_for;

/// A child process that is never confused with another one.
///
/// If SIGCHLD was ignored when this process was started, the kernel reaps children at
/// once and can reuse their PIDs. So the child is held by its pidfd.
#[derive(Debug)]
pub struct OwnChild {
    child: Child,
    /// `None` if the kernel reaped the child before its pidfd was opened.
    pidfd: Option<OwnedFd>,
}

impl OwnChild {
    /// Starts a child.
    ///
    /// # Errors
    ///
    /// Fails if the program cannot be executed or its pidfd cannot be opened.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.spawn()?;
        match own_pidfd(&child) {
            Ok(pidfd) => Ok(Self { child, pidfd }),
            Err(error) => {
                // It has only just started, so its PID is still its own.
                child.kill()?;
                // The first error is the one to report.
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Takes the pipe from the standard output of the child.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Ends and reaps the child: sends SIGTERM, then SIGKILL if it has not exited after
    /// `patience`. Returns `None` if the kernel has reaped it, so that its exit status is
    /// unknown.
    ///
    /// # Errors
    ///
    /// The error of the system if the child cannot be signalled or waited for.
    pub fn end(mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        if let Some(pidfd) = &self.pidfd {
            let ends_in = |time| wait_for(pidfd.as_fd(), PollFlags::IN, time);
            let is_over = ends_in(Duration::ZERO)?
                || signal(pidfd, Signal::TERM).is_ok() && ends_in(patience)?;
            if !is_over {
                signal(pidfd, Signal::KILL)?;
            }
        }
        match self.child.wait() {
            Ok(status) => Ok(Some(status)),
            Err(error) if Errno::from_io_error(&error) == Some(Errno::CHILD) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Signals a child, unless it has ended, by
/// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
fn signal(pidfd: &OwnedFd, signal: Signal) -> io::Result<()> {
    match pidfd_send_signal(pidfd, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Opens the pidfd of a child; `None` if the kernel has reaped the child.
///
/// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html) accepts children
/// only, which proves that the pidfd is not that of another process with the PID.
fn own_pidfd(child: &Child) -> io::Result<Option<OwnedFd>> {
    let number = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let number = number.ok_or(io::ErrorKind::InvalidData)?;
    let pidfd = match pidfd_open(number, PidfdFlags::empty()) {
        Ok(pidfd) => pidfd,
        Err(Errno::SRCH) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    match waitid(WaitId::PidFd(pidfd.as_fd()), options) {
        Ok(_) => Ok(Some(pidfd)),
        Err(Errno::CHILD) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
