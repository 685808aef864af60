//! A child process of this one.

use std::io;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::time::Duration;

use rustix::io::Errno;

use super::process::PinnedProcess;
use crate::signal::Signal;

/// A child process that is not confused with another one.
///
/// If SIGCHLD was ignored when this process was started, the kernel reaps children at
/// once and can reuse their PIDs. So the child is held as any other process is.
#[derive(Debug)]
pub struct OwnChild {
    child: Child,
    /// `None` if the kernel reaped the child before it was held.
    process: Option<PinnedProcess>,
}

impl OwnChild {
    /// Starts a child.
    ///
    /// # Errors
    ///
    /// Fails if the program cannot be executed.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let child = command.spawn()?;
        let process = PinnedProcess::open(child.id()).ok();
        let process = process.filter(|process| process.is_own_child().unwrap_or(false));
        Ok(Self { child, process })
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
        if let Some(process) = &self.process {
            let is_over = process.wait_exit(Duration::ZERO)?
                || process.signal(Signal::Term).is_ok() && process.wait_exit(patience)?;
            if !is_over {
                process.signal(Signal::Kill)?;
            }
        }
        match self.child.wait() {
            Ok(status) => Ok(Some(status)),
            Err(error) if Errno::from_io_error(&error) == Some(Errno::CHILD) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
