//! The signals that have arrived at this process and are blocked.

#[cfg(feature = "cli")]
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::SigSet;
#[cfg(feature = "cli")]
use nix::sys::signal::Signal;

/// A queue that has an event once a signal has arrived. The event is never taken.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(super) struct Arrivals(nix::sys::event::Kqueue);

#[cfg(feature = "cli")]
impl Arrivals {
    /// Watches signals, by
    /// [kqueue(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/kqueue.2.html),
    /// which tells also of those that are blocked.
    pub(super) fn new(signals: &SigSet) -> nix::Result<Self> {
        use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};

        let queue = Kqueue::new()?;
        let watch = |signal: Signal| {
            let number = signal as usize;
            let filter = EventFilter::EVFILT_SIGNAL;
            KEvent::new(number, filter, EvFlags::EV_ADD, FilterFlag::empty(), 0, 0)
        };
        let watched: Vec<KEvent> = signals.iter().map(watch).collect();
        queue.kevent(&watched, &mut [], None)?;
        Ok(Self(queue))
    }
}

#[cfg(feature = "cli")]
impl AsFd for Arrivals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Fails: the system has no call that takes a signal only if it has arrived.
pub(super) fn discard(_: &SigSet) -> nix::Result<()> {
    Err(nix::Error::ENOSYS)
}

/// Returns the signals that this process ignores: the lowest bit is that of signal 1.
#[cfg(feature = "cli")]
pub(super) fn ignored_signals() -> u64 {
    let info = super::questions::info(std::process::id());
    info.ok().flatten().map_or(0, |info| info.ignored.into())
}
