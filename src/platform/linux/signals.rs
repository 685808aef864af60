//! Signals as a descriptor to wait on.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::proc;
use super::wait::{Interest, wait_any};

/// SIGTERM, SIGINT and SIGHUP, taken out of their normal course: readable once
/// one of them has come.
///
/// Dropping the value leaves them blocked, so that a second signal does not cut
/// short what the first one asked for; see [`Self::release`].
#[derive(Debug)]
pub struct StopSignals {
    arrived: SignalFd,
    mask_before: SigSet,
}

impl StopSignals {
    /// Block the signals in the calling thread and receive them here. SIGINT and
    /// SIGHUP are left alone where whoever started this process had them ignored:
    /// a shell does so for what a script runs in the background, and nohup(1) is
    /// asked for it.
    ///
    /// Call it before other threads are started, which would still take them in
    /// the normal way.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn receive() -> io::Result<Self> {
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGTERM);
        let ignored = proc::ignored_signals();
        signals.extend(
            [Signal::SIGINT, Signal::SIGHUP]
                .into_iter()
                .filter(|&signal| ignored & bit(signal) == 0),
        );
        let mask_before = signals.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        let arrived = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC)?;
        Ok(Self {
            arrived,
            mask_before,
        })
    }

    /// Whether one of the signals has come.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn have_come(&self) -> io::Result<bool> {
        let ready = wait_any(&[Interest::readable(self.as_fd())], Some(Duration::ZERO))?;
        Ok(ready == [true])
    }

    /// Read everything there is until the end; `None` as soon as one of the
    /// signals has come.
    ///
    /// # Errors
    ///
    /// What reading says.
    pub fn read_to_end(&self, mut source: impl Read + AsFd) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let mut part = [0; 4096];
        loop {
            let interests = [self.as_fd(), source.as_fd()].map(Interest::readable);
            let ready = wait_any(&interests, None)?;
            if ready[0] {
                return Ok(None);
            }
            if ready[1] {
                match source.read(&mut part)? {
                    0 => return Ok(Some(bytes)),
                    read => bytes.extend_from_slice(&part[..read]),
                }
            }
        }
    }

    /// Give the signals back to their normal course. One that has come takes it
    /// now, which by default ends the process.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn release(self) -> io::Result<()> {
        Ok(self.mask_before.thread_set_mask()?)
    }
}

/// `SIGTERM` for 15.
#[must_use]
pub fn signal_name(number: i32) -> Option<&'static str> {
    Signal::try_from(number).ok().map(Signal::as_str)
}

impl AsFd for StopSignals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.arrived.as_fd()
    }
}

/// The bit of a signal in a mask of `/proc`: the lowest is that of signal 1.
fn bit(signal: Signal) -> u64 {
    1 << (signal as i32 - 1)
}
