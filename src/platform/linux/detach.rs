//! What a process does about its session, its streams and its children.

use std::fs::File;
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

/// Leave the caller's session, and with it the caller's terminal.
///
/// # Errors
///
/// When this process already leads a session or a process group.
pub fn new_session() -> io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}

/// Have SIGTERM sent to this process once its parent ends, however it ends.
///
/// Whether the parent is still `parent`; if not, it ended before.
///
/// # Errors
///
/// When the system refuses.
pub fn end_with_parent(parent: u32) -> io::Result<bool> {
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
    let now = Pid::as_raw(rustix::process::getppid());
    Ok(u32::try_from(now) == Ok(parent))
}

/// A child process that cannot be mistaken for another one, not even where whoever
/// started this process had SIGCHLD ignored: the kernel then collects children at
/// once, and their numbers may be used again.
#[derive(Debug)]
pub struct OwnChild {
    child: Child,
    /// `None`: it was collected before it could be held.
    pidfd: Option<OwnedFd>,
}

impl OwnChild {
    /// Start a child.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.spawn()?;
        match own_pidfd(&child) {
            Ok(pidfd) => Ok(Self { child, pidfd }),
            Err(error) => {
                // It has only just started: its number is still its own.
                child.kill()?;
                // What is to be said is why it could not be held.
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// The pipe from its standard output, the first time.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// End it and collect it: ask it to terminate, and kill it when it has not done
    /// so within `patience`. `None` when the kernel has collected it, and nobody can
    /// tell how it ended.
    ///
    /// # Errors
    ///
    /// When the system refuses.
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

/// Signal a child that may have ended meanwhile.
fn signal(pidfd: &OwnedFd, signal: Signal) -> io::Result<()> {
    match pidfd_send_signal(pidfd, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Hold a child; `None` when it was collected already. Only of a child is there
/// something to wait for, so this is not about another process with its number.
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

/// Give up the standard streams; they lead nowhere from here on.
///
/// # Errors
///
/// When `/dev/null` cannot be opened.
pub fn close_standard_streams() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Keep children from inheriting anything but the standard streams.
pub fn forget_descriptors() {
    close_fds::set_fds_cloexec(3, &[]);
}
