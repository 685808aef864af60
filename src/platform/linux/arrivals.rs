//! The signals that have arrived at this process and are blocked.

#[cfg(feature = "cli")]
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::SigSet;
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// A descriptor that is readable once a signal has arrived.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(super) struct Arrivals(SignalFd);

#[cfg(feature = "cli")]
impl Arrivals {
    /// Watches signals that are blocked, by
    /// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html).
    pub(super) fn new(signals: &SigSet) -> nix::Result<Self> {
        SignalFd::with_flags(signals, SfdFlags::SFD_CLOEXEC).map(Self)
    }
}

#[cfg(feature = "cli")]
impl AsFd for Arrivals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Discards a signal that has arrived and is blocked, by
/// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html).
pub(super) fn discard(signal: &SigSet) -> nix::Result<()> {
    let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
    SignalFd::with_flags(signal, flags)?
        .read_signal()
        .map(|_| ())
}

#[cfg(feature = "cli")]
pub(super) use super::proc::ignored_signals;
