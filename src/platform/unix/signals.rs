//! Signals received through a descriptor.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

use super::arrivals::{Arrivals, ignored_signals};
use super::wait::{Interest, wait_any};

/// SIGTERM, SIGINT and SIGHUP, blocked and received through a descriptor that is readable
/// once one of them has arrived.
///
/// Dropping the value leaves them blocked, so that a second signal does not interrupt the
/// work that the first one started; see [`Self::release`].
#[derive(Debug)]
pub struct StopSignals {
    arrived: Arrivals,
    mask_before: SigSet,
}

impl StopSignals {
    /// Blocks the signals in the calling thread and receives them. Linux: by
    /// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html). macOS: by
    /// [kqueue(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/kqueue.2.html).
    ///
    /// SIGINT and SIGHUP stay ignored if the parent of this process ignored them: a shell
    /// does so for background commands of a script, and so does nohup(1).
    ///
    /// Call this before other threads are started, because those would still receive the
    /// signals in the normal way.
    ///
    /// # Errors
    ///
    /// The error of the system call.
    pub fn receive() -> io::Result<Self> {
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGTERM);
        let ignored = ignored_signals();
        signals.extend(
            [Signal::SIGINT, Signal::SIGHUP]
                .into_iter()
                .filter(|&signal| ignored & bit(signal) == 0),
        );
        let mask_before = signals.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        let arrived = Arrivals::new(&signals)?;
        Ok(Self {
            arrived,
            mask_before,
        })
    }

    /// Returns whether one of the signals has arrived.
    ///
    /// # Errors
    ///
    /// The error of the system call.
    pub fn have_come(&self) -> io::Result<bool> {
        let ready = wait_any(&[Interest::readable(self.as_fd())], Some(Duration::ZERO))?;
        Ok(ready == [true])
    }

    /// Reads `source` to its end. Returns `None` as soon as one of the signals arrives.
    ///
    /// # Errors
    ///
    /// The error of reading or waiting.
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

    /// Restores the signal mask, by
    /// [pthread_sigmask(3)](https://man7.org/linux/man-pages/man3/pthread_sigmask.3.html).
    /// A signal that has arrived now takes its normal effect, which by default ends the
    /// process.
    ///
    /// # Errors
    ///
    /// The error of the system call.
    pub fn release(self) -> io::Result<()> {
        Ok(self.mask_before.thread_set_mask()?)
    }
}

/// Returns the name of a signal: `SIGTERM` for 15.
#[must_use]
pub fn signal_name(number: i32) -> Option<&'static str> {
    Signal::try_from(number).ok().map(Signal::as_str)
}

impl AsFd for StopSignals {
    /// Returns a descriptor that is readable once one of the signals has arrived.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.arrived.as_fd()
    }
}

/// Returns the bit of a signal in a mask of the system: the lowest is that of signal 1.
fn bit(signal: Signal) -> u64 {
    1 << (signal as i32 - 1)
}

#[cfg(test)]
mod tests {
    use super::super::signal_numbers::number;
    use super::*;

    #[test]
    fn every_signal_has_the_number_of_its_name() {
        for &signal in crate::signal::Signal::ALL {
            assert_eq!(signal_name(number(signal).as_raw()), Some(signal.name()));
        }
    }
}
