//! The process of a helper: its start, what it holds, and its end.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow, pthread_sigmask};
use nix::unistd::{ForkResult, fork};
use rustix::event::PollFlags;
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal,
    set_parent_process_death_signal, waitid,
};
use rustix::stdio;
use serde::Serialize;

use super::mode;
use crate::platform::linux::wait::wait_for;
use crate::platform::types::Mount;

/// The byte that a helper sends when it has made progress.
pub(super) const BEAT: u8 = b'.';

/// The byte after a result.
pub(super) const END: u8 = b'\n';

/// The maximum number of helpers that are left behind at once. Beyond that, no file system
/// that may hang is waited for.
const MAX_LEFT: usize = 64;

/// The time for a helper that has sent its result to end.
const END_TIMEOUT: Duration = Duration::from_millis(20);

/// The time for which a mount that did not answer is not tried again.
const MEMORY: Duration = Duration::from_secs(1);

/// The helpers that were left behind.
static LEFT: Mutex<Vec<Left>> = Mutex::new(Vec::new());

/// A helper that was left behind.
struct Left {
    child: Child,
    /// The mount for which it waits.
    mount: Mount,
    since: Instant,
}

/// A child process without a program of its own.
#[derive(Debug)]
pub(super) struct Child {
    /// `None` if the kernel has reaped it.
    pidfd: Option<OwnedFd>,
}

impl Child {
    /// Starts a process that does `work` and sends the result over `socket`, by
    /// [fork(2)](https://man7.org/linux/man-pages/man2/fork.2.html).
    pub(super) fn fork<T: Serialize>(
        socket: &OwnedFd,
        work: impl FnOnce() -> (T, Option<OwnedFd>),
    ) -> io::Result<Self> {
        // A handler of the program must not run in the helper.
        let mut mask = SigSet::empty();
        pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&SigSet::all()), Some(&mut mask))?;
        let forked = fork_here();
        if let Ok(ForkResult::Child) = forked {
            // An error is the end of the helper, too.
            let _ = catch_unwind(AssertUnwindSafe(|| run(socket, work)));
            end();
        }
        pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&mask), None)?;
        match forked? {
            ForkResult::Parent { child } => {
                let pid = Pid::from_raw(child.as_raw());
                let pidfd = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
                Ok(Self { pidfd })
            }
            ForkResult::Child => end(),
        }
    }

    /// Reaps a process that has sent its result.
    pub(super) fn reap(mut self, mount: &Mount) {
        let pidfd = self.pidfd.as_ref().map(AsFd::as_fd);
        let has_ended =
            pidfd.is_none_or(|pidfd| wait_for(pidfd, PollFlags::IN, END_TIMEOUT).unwrap_or(false));
        if !(has_ended && self.is_over()) {
            self.abandon(mount);
        }
    }

    /// Kills a process, and leaves it behind if it does not end at once.
    pub(super) fn abandon(self, mount: &Mount) {
        if let Some(pidfd) = &self.pidfd {
            // It may just have ended.
            let _ = pidfd_send_signal(pidfd, Signal::KILL);
            lock().push(Left {
                child: self,
                mount: mount.clone(),
                since: Instant::now(),
            });
        }
    }

    /// Returns whether a helper still waits for a mount or has just done so, or too many
    /// wait for others. Reaps those that have ended.
    pub(super) fn is_any_left_at(mount: &Mount) -> bool {
        let mut left = lock();
        left.retain_mut(|left| !left.child.is_over() || left.since.elapsed() < MEMORY);
        let is_known = mount.point.is_some();
        left.len() >= MAX_LEFT || is_known && left.iter().any(|left| left.mount == *mount)
    }

    /// Returns whether the process has ended, and reaps it.
    fn is_over(&mut self) -> bool {
        let is_over = self.pidfd.as_ref().is_none_or(|pidfd| {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            match waitid(WaitId::PidFd(pidfd.as_fd()), options) {
                Ok(status) => status.is_some(),
                Err(error) => error != Errno::INTR,
            }
        });
        if is_over {
            self.pidfd = None;
        }
        is_over
    }
}

fn lock() -> MutexGuard<'static, Vec<Left>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does the work of a helper, in its process.
fn run<T: Serialize>(
    socket: &OwnedFd,
    work: impl FnOnce() -> (T, Option<OwnedFd>),
) -> io::Result<()> {
    mode::go_apart();
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // What is written by mistake must not get into a file that is opened later.
    stdio::dup2_stdin(socket)?;
    stdio::dup2_stdout(socket)?;
    stdio::dup2_stderr(socket)?;
    close_descriptors()?;
    let (result, file) = work();
    let mut message = serde_json::to_vec(&result)?;
    message.push(END);
    send(&message, file.as_ref().map(AsFd::as_fd))
}

/// Sends a result, the descriptor with its first byte.
fn send(mut message: &[u8], file: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let files = [file];
    let mut files: &[_] = files.as_slice();
    while !message.is_empty() {
        let mut control = SendAncillaryBuffer::new(&mut space);
        let file: Vec<BorrowedFd<'_>> = files.iter().flatten().copied().collect();
        if !file.is_empty() {
            control.push(SendAncillaryMessage::ScmRights(&file));
        }
        let parts = [IoSlice::new(message)];
        let sent = sendmsg(stdio::stdout(), &parts, &mut control, SendFlags::NOSIGNAL)?;
        message = &message[sent..];
        files = &[];
    }
    Ok(())
}

/// Tells the process that waits that this helper, if it is one, has made progress.
pub(crate) fn beat() {
    if mode::is_apart() {
        // If it is gone, the result is of no use either.
        let _ = rustix::io::write(stdio::stdout(), &[BEAT]);
    }
}

/// Closes the descriptors of the program: a helper that hangs must not keep a connection,
/// a pipe or a lock. Those with `O_PATH`, of files that are only named, stay.
fn close_descriptors() -> io::Result<()> {
    let mut numbers: Vec<RawFd> = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd")? {
        let name = entry?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.parse::<RawFd>().ok()));
    }
    numbers.retain(|&number| number > stdio::raw_stderr());
    numbers.into_iter().for_each(close_unless_path);
    Ok(())
}

#[expect(unsafe_code, reason = "descriptors are known by their numbers only")]
fn close_unless_path(number: RawFd) {
    // SAFETY: this process has one thread, which uses no value that owns a descriptor
    // without O_PATH after this; it ends without dropping any.
    unsafe {
        // The number of the listing itself is free by now.
        let flags = fcntl_getfl(BorrowedFd::borrow_raw(number));
        if flags.is_ok_and(|flags| !flags.contains(OFlags::PATH)) {
            rustix::io::close(number);
        }
    }
}

#[expect(unsafe_code, reason = "a process is copied")]
fn fork_here() -> nix::Result<ForkResult> {
    // SAFETY: the child calls the system and the allocator, which the C libraries of
    // Linux keep usable, and takes no lock that another thread may hold.
    unsafe { fork() }
}

/// Ends this process without running anything that belongs to the copied program.
#[expect(unsafe_code, reason = "no crate wraps _exit")]
fn end() -> ! {
    // SAFETY: it has no conditions.
    unsafe { nix::libc::_exit(0) }
}
