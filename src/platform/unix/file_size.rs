//! The limit of the size of files, which the kernel enforces by a signal.

use std::io;

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

use super::arrivals::discard;

/// Blocks SIGXFSZ in the calling thread and those that it starts: writing beyond the limit of
/// [setrlimit(2)](https://man7.org/linux/man-pages/man2/setrlimit.2.html) then fails, instead of
/// ending the process.
///
/// # Errors
///
/// The error of the system call.
#[cfg(feature = "cli")]
pub fn survive_size_limit() -> io::Result<()> {
    Ok(SigSet::from(Signal::SIGXFSZ).thread_block()?)
}

/// Does work that writes a file, with SIGXFSZ blocked: a process that ended in it could not
/// remove an unfinished file.
pub(super) fn within_size_limit<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let signal = SigSet::from(Signal::SIGXFSZ);
    let before = signal.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let result = work();
    let is_harmless = result.is_ok() || before.contains(Signal::SIGXFSZ);
    // One that may still be pending stays blocked.
    if is_harmless || discard(&signal).is_ok() {
        before.thread_set_mask()?;
    }
    result
}
