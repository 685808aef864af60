//! A process that is proven to be the recorded one.

use std::io;
use std::time::Duration;

use super::image::{ExpectedImage, ImageState};
use super::record::ProcessRecord;
#[cfg(feature = "digest")]
use super::record::RecordedFile;
use super::sending::{SendOutcome, SignalError, send};
#[cfg(feature = "client")]
use crate::platform::ListeningSocket;
use crate::platform::{ExitStatus, Liveness, PinnedProcess, impl_as_waitable, waitable};
#[cfg(feature = "digest")]
use crate::platform::{Image, ImageError};
use crate::signal::Signal;

/// A process that was proven to be the recorded one, or a descendant of it.
///
/// The process is held by a handle of the system, so nothing done to it can reach another
/// process that has got its PID. Linux: by
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html), with two
/// descriptors. Dropping the value leaves the process running.
#[derive(Debug)]
pub struct VerifiedProcess {
    process: PinnedProcess,
    image: Option<ExpectedImage>,
}

/// An error that prevents a process from being stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StopError {
    /// The process was still running when the time was over.
    #[error("PID {pid} did not exit in time")]
    Timeout {
        /// PID of the process.
        pid: u32,
    },
    /// The process is protected, or the system refused.
    #[error(transparent)]
    Signal(#[from] SignalError),
}

impl From<io::Error> for StopError {
    fn from(error: io::Error) -> Self {
        Self::Signal(error.into())
    }
}

impl VerifiedProcess {
    /// Wraps a process without asking for proof: the caller has it.
    pub(super) fn new(process: PinnedProcess, record: Option<&ProcessRecord>) -> Self {
        let image = record.and_then(ExpectedImage::of);
        Self { process, image }
    }

    pub(super) fn pinned(&self) -> &PinnedProcess {
        &self.process
    }

    /// Duplicates the handle of the system. Linux: by
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html) with
    /// `F_DUPFD_CLOEXEC`.
    ///
    /// # Errors
    ///
    /// The error of the system, for example if no descriptor is left.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            process: self.process.try_clone()?,
            image: self.image.clone(),
        })
    }

    /// Returns the PID. It is the number of this process until the process has exited and
    /// was waited for.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Returns whether the process runs, sleeps or is stopped; a zombie is dead.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(self.process.liveness(), Ok(Liveness::Alive))
    }

    /// Compares the executable that the process runs now with the recorded one. Hashes
    /// nothing. Linux: by
    /// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html) on `/proc/PID/exe`.
    ///
    /// # Errors
    ///
    /// The error of the system, for example if the process has exited.
    pub fn image(&self) -> io::Result<ImageState> {
        let now = self.process.image_file()?;
        Ok(match self.image.as_ref().zip(now) {
            Some((expected, now)) => expected.state(now),
            None => ImageState::Unknown,
        })
    }

    /// Returns the sockets on which the process listens.
    #[cfg(feature = "client")]
    pub(super) fn listening_sockets(&self) -> io::Result<Vec<ListeningSocket>> {
        self.process.listening_sockets()
    }

    /// Opens the executable for reading.
    #[cfg(feature = "digest")]
    pub(super) fn open_image(&self) -> Result<Image, ImageError> {
        self.process.image()
    }

    /// Returns the attributes of the executable that the process runs now.
    #[cfg(feature = "digest")]
    pub(super) fn image_now(&self) -> io::Result<Option<RecordedFile>> {
        let now = self.process.image_file()?;
        Ok(now.and_then(|now| RecordedFile::new(&now.stat)))
    }

    /// Waits for the process to exit, at most `timeout`. Returns whether it has exited.
    /// Linux: by [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). A child must
    /// be waited for by [`std::process::Child::wait`] all the same.
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails.
    pub fn wait(&self, timeout: Duration) -> io::Result<bool> {
        self.process.wait_exit(timeout)
    }

    /// Sends a signal to this process and no other. Linux: by
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    ///
    /// # Errors
    ///
    /// [`SignalError::Protected`] for PID 1, the calling process, its ancestors and kernel
    /// threads, and [`SignalError::System`] if the system refuses.
    pub fn signal(&self, signal: Signal) -> Result<SendOutcome, SignalError> {
        send(&self.process, signal)
    }

    /// Asks the process to exit by SIGTERM, and waits for that, at most `timeout`. A process
    /// that has already exited is a success.
    ///
    /// # Errors
    ///
    /// [`StopError::Timeout`] if the process does not exit in time, and
    /// [`StopError::Signal`] as for [`Self::signal`].
    pub fn shutdown(&self, timeout: Duration) -> Result<(), StopError> {
        self.stop(Signal::Term, timeout)
    }

    /// Ends the process by SIGKILL, and waits for that, at most `timeout`: a process that
    /// hangs in a system call ends later. A process that has already exited is a success.
    ///
    /// # Errors
    ///
    /// As for [`Self::shutdown`].
    pub fn kill(&self, timeout: Duration) -> Result<(), StopError> {
        self.stop(Signal::Kill, timeout)
    }

    fn stop(&self, signal: Signal, timeout: Duration) -> Result<(), StopError> {
        let has_exited = match self.signal(signal)? {
            SendOutcome::AlreadyGone => true,
            SendOutcome::Delivered => self.wait(timeout)?,
        };
        if has_exited {
            Ok(())
        } else {
            Err(StopError::Timeout { pid: self.pid() })
        }
    }

    /// Returns the descendants of the process that run now, parents before children, each
    /// of them held. Linux: by the files `children` of
    /// [proc_pid_task(5)](https://man7.org/linux/man-pages/man5/proc_pid_task.5.html).
    ///
    /// Each is proven by the chain of its parents: every parent is held while the next is
    /// looked at. A process whose parent has exited belongs to another parent, and is not
    /// found. Looks again until no further descendant appears. PID 1 has no descendants in
    /// this sense: it is the parent of all orphans.
    ///
    /// # Errors
    ///
    /// The error of the system, for example if no descriptor is left, or if the mount
    /// option `hidepid` hides a descendant.
    pub fn descendants(&self) -> io::Result<Vec<Self>> {
        let processes = self.process.descendants()?.into_iter();
        Ok(processes.map(|process| Self::new(process, None)).collect())
    }

    /// Returns how the process ended; `None` while it runs, and if the system does not
    /// report it. Linux: a zombie is described by
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), a
    /// process that was waited for by its pidfd, since Linux 6.15.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.process.exit_status()
    }
}

impl_as_waitable! {
    /// Returns a handle that is readable once the process has exited. Linux: the pidfd.
    VerifiedProcess, verified => waitable(&verified.process)
}
