//! Waiting for descriptors, by
//! [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html).

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Waits for one of `events`. Returns whether it occurred in time.
pub(super) fn wait_for(
    fd: BorrowedFd<'_>,
    events: PollFlags,
    timeout: Duration,
) -> io::Result<bool> {
    let deadline = crate::deadline::Deadline::after(timeout);
    loop {
        match poll_once(fd, events, Some(deadline.remaining())) {
            Ok(ready) if !ready.is_empty() => return Ok(true),
            Ok(_) if deadline.has_passed() => return Ok(false),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn poll_once(
    fd: BorrowedFd<'_>,
    events: PollFlags,
    timeout: Option<Duration>,
) -> io::Result<PollFlags> {
    let mut fds = [PollFd::from_borrowed_fd(fd, events)];
    // A duration that the kernel cannot express is infinite.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    poll(&mut fds, timeout.as_ref())?;
    Ok(fds[0].revents())
}

/// A descriptor and the event to wait for.
#[derive(Debug)]
pub(crate) struct Interest<'fd> {
    fd: BorrowedFd<'fd>,
    events: PollFlags,
}

impl<'fd> Interest<'fd> {
    pub(crate) fn readable(fd: BorrowedFd<'fd>) -> Self {
        Self {
            fd,
            events: PollFlags::IN,
        }
    }

    pub(crate) fn writable(fd: BorrowedFd<'fd>) -> Self {
        Self {
            fd,
            events: PollFlags::OUT,
        }
    }
}

/// Waits until a descriptor is ready or has failed, by
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). Returns which ones are:
/// none if the time is over or a signal arrived.
pub(crate) fn wait_any(
    interests: &[Interest<'_>],
    timeout: Option<Duration>,
) -> io::Result<Vec<bool>> {
    let mut fds: Vec<PollFd<'_>> = interests
        .iter()
        .map(|interest| PollFd::from_borrowed_fd(interest.fd, interest.events))
        .collect();
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(fds.iter().map(|fd| !fd.revents().is_empty()).collect())
}

/// Waits for `length`, or until the reader of `to` is gone: a pipe was closed or a
/// terminal hung up. Returns whether the reader is gone. Linux: by
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html).
///
/// # Errors
///
/// The error of the system call.
pub fn wait_until_unread(to: impl AsFd, length: Duration) -> io::Result<bool> {
    // Errors and hang-ups are reported without being asked for.
    wait_for(to.as_fd(), PollFlags::empty(), length)
}
