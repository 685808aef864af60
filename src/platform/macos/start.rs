//! The start of a process, and the event of its exit.

use std::io;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};

use super::questions::{info, unique_number};
use crate::platform::macos_forms::process::ProcessInfo;
use crate::platform::types::ProcessStatus;

/// The resolution of start times.
pub(super) const TICKS_PER_SECOND: u32 = 1_000_000;

/// The start of a process, which no other process with its PID has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// In microseconds since the Unix epoch.
    pub(super) at_us: u64,
    unique: Option<u64>,
}

impl Start {
    /// Returns the start of the process with a PID, and its description; `None` if there is
    /// none.
    pub(super) fn look(pid: u32) -> io::Result<Option<(Self, ProcessInfo)>> {
        let unique = unique_number(pid);
        let Some(info) = info(pid)? else {
            return Ok(None);
        };
        let at_us = info.start_us;
        Ok(Some((Self { at_us, unique }, info)))
    }
}

/// Returns a queue that has an event once the process that has a PID now has exited.
pub(super) fn watch(pid: u32) -> io::Result<OwnedFd> {
    let queue = Kqueue::new()?;
    let add = |filter, flags, of| {
        let event = KEvent::new(pid as usize, filter, EvFlags::EV_ADD | flags, of, 0, 0);
        queue.kevent(&[event], &mut [], None)
    };
    match add(
        EventFilter::EVFILT_PROC,
        EvFlags::empty(),
        FilterFlag::NOTE_EXIT,
    ) {
        // One that has exited is not watched: its event is made here.
        Err(Errno::ESRCH) => {
            let user = EventFilter::EVFILT_USER;
            add(user, EvFlags::empty(), FilterFlag::empty())?;
            add(user, EvFlags::empty(), FilterFlag::NOTE_TRIGGER)?;
        }
        added => drop(added?),
    }
    Ok(queue.into())
}

/// Returns the attributes of a process, without its session.
pub(super) fn status_of(info: &ProcessInfo) -> ProcessStatus {
    ProcessStatus {
        parent: info.parent,
        session: info.pid,
        started_at_unix_ms: info.start_us / 1000,
        is_kernel_thread: info.pid == 0,
        has_executed: info.has_executed,
    }
}

/// Returns the present time as `PinnedProcess::start` counts it.
pub(crate) fn ticks_now() -> Option<u64> {
    u64::try_from(crate::platform::clock::unix_now_ns() / 1000).ok()
}
