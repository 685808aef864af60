//! Signals as a descriptor to wait on.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// SIGTERM, SIGINT and SIGHUP, taken out of their normal course: readable once
/// one of them has come.
#[derive(Debug)]
pub struct StopSignals(SignalFd);

impl StopSignals {
    /// Block the signals in the calling thread and receive them here.
    ///
    /// Call it before other threads are started, which would still take them in
    /// the normal way.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn receive() -> io::Result<Self> {
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            signals.add(signal);
        }
        signals.thread_block()?;
        Ok(Self(SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC)?))
    }
}

impl StopSignals {
    /// Let the signal that has come do what it would have done: end this process,
    /// which its parent then sees.
    ///
    /// # Errors
    ///
    /// When there is none, or the system refuses.
    pub fn redeliver(self) -> io::Result<()> {
        let Some(info) = self.0.read_signal()? else {
            return Ok(());
        };
        let number = i32::try_from(info.ssi_signo).unwrap_or_default();
        let signal = Signal::try_from(number)?;
        SigSet::from(signal).thread_unblock()?;
        Ok(raise(signal)?)
    }
}

/// `SIGTERM` for 15.
#[must_use]
pub fn signal_name(number: i32) -> Option<&'static str> {
    Signal::try_from(number).ok().map(Signal::as_str)
}

impl AsFd for StopSignals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
