//! Processes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::unsupported;
use super::files::HeldFile;
use crate::deadline::Deadline;
use crate::platform::types::{
    ExitStatus, FileId, FileStat, Image, ImageError, ImageFile, ListeningPlace, ListeningSocket,
    Liveness, PinError, PresentListener, ProcessFacts, ProcessStatus, SocketHolder, StartTime,
    UserIds,
};
#[cfg(feature = "client")]
use crate::platform::types::{ListenerHolders, ListenerPlace};
use crate::platform::waitable::impl_as_waitable;
use crate::signal::Signal;
use crate::standstill::Standstill;

/// The largest PID of any system (a positive `pid_t`).
pub(crate) const MAX_PID: u32 = i32::MAX.cast_unsigned();

/// A process that is held by the system.
#[derive(Debug)]
pub(crate) enum PinnedProcess {}

impl PinnedProcess {
    pub(crate) fn open(_pid: u32) -> Result<Self, PinError> {
        Err(PinError::Io(io::ErrorKind::Unsupported.into()))
    }

    pub(crate) fn pid(&self) -> u32 {
        match *self {}
    }

    pub(crate) fn arguments(&self) -> io::Result<String> {
        match *self {}
    }

    pub(crate) fn liveness(&self) -> io::Result<Liveness> {
        match *self {}
    }

    pub(crate) fn signal(&self, _signal: Signal) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        match *self {}
    }

    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        match *self {}
    }

    pub(crate) fn wait_exit(&self, _timeout: Duration) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn pidfs_inode(&self) -> Option<u64> {
        match *self {}
    }

    pub(crate) fn is_critical(&self) -> bool {
        match *self {}
    }

    pub(crate) fn status(&self) -> io::Result<ProcessStatus> {
        match *self {}
    }

    pub(crate) fn uid(&self) -> io::Result<u32> {
        match *self {}
    }

    pub(crate) fn user_ids(&self) -> io::Result<UserIds> {
        match *self {}
    }

    pub(crate) fn start(&self) -> io::Result<Option<StartTime>> {
        match *self {}
    }

    pub(crate) fn command_name(&self) -> io::Result<String> {
        match *self {}
    }

    pub(crate) fn descendants(&self) -> io::Result<Vec<Self>> {
        match *self {}
    }

    pub(crate) fn find_descendants(
        &self,
        _held: &[&Self],
        _found: &mut Vec<Self>,
    ) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn ancestors(&self) -> Vec<Self> {
        match *self {}
    }

    pub(crate) fn is_own_child(&self) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn listening_sockets(&self) -> io::Result<Vec<ListeningSocket>> {
        match *self {}
    }

    pub(crate) fn image_file(&self) -> io::Result<Option<ImageFile>> {
        match *self {}
    }

    pub(crate) fn image(&self) -> Result<Image, ImageError> {
        match *self {}
    }

    pub(crate) fn image_id(&self) -> io::Result<FileId> {
        match *self {}
    }

    pub(crate) fn emulates(&self, _path: &Path, _image: FileId) -> bool {
        match *self {}
    }

    pub(crate) fn stat_inside(&self, _path: &Path) -> io::Result<FileStat> {
        match *self {}
    }

    pub(crate) fn standstill(&self) -> Option<Standstill> {
        match *self {}
    }

    pub(crate) fn listens_at(&self, _path: &Path) -> Option<bool> {
        match *self {}
    }

    pub(crate) fn holds_socket(&self, _inodes: &[u32]) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn has_other_root(&self) -> bool {
        match *self {}
    }

    pub(crate) fn is_in_our_user_namespace(&self) -> bool {
        match *self {}
    }

    pub(crate) fn hold_inside(&self, _path: &Path) -> io::Result<HeldFile> {
        match *self {}
    }

    pub(crate) fn hold_in_working_directory(&self, _path: &Path) -> io::Result<HeldFile> {
        match *self {}
    }

    pub(crate) fn descends_from(&self, _ancestor: &Self) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn holds_lock(&self, _file: FileId) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn has_children(&self) -> bool {
        match *self {}
    }

    pub(crate) fn descendants_holding(
        &self,
        _inodes: BTreeSet<u32>,
        _: Deadline,
    ) -> (Vec<SocketHolder<Self>>, Option<io::Error>) {
        match *self {}
    }

    pub(crate) fn socket_inodes(&self) -> io::Result<BTreeSet<u32>> {
        match *self {}
    }

    pub(crate) fn descendant_holding(&self, _inodes: &[u32]) -> io::Result<Option<Self>> {
        match *self {}
    }
}

impl_as_waitable!(PinnedProcess, process => match *process {});

#[cfg(feature = "client")]
pub(crate) fn give_handle(process: &PinnedProcess, _handle: usize) -> io::Result<usize> {
    match *process {}
}

pub(crate) fn ticks_now() -> Option<u64> {
    None
}

pub(crate) fn boot_began_unix_ms() -> Option<u64> {
    None
}

pub(crate) fn loaded_program() -> Option<PathBuf> {
    None
}

/// Returns the path of the running program.
///
/// # Errors
///
/// The error of the system.
#[cfg(feature = "cli")]
pub fn own_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

pub(crate) fn own_image() -> io::Result<File> {
    unsupported()
}

pub(crate) fn is_ancestor(process: &PinnedProcess) -> io::Result<bool> {
    match *process {}
}

#[cfg(feature = "client")]
pub(crate) fn thread_status(_tid: u32) -> io::Result<ProcessStatus> {
    unsupported()
}

pub(crate) fn inner_pid(_pid: u32) -> Option<u32> {
    None
}

pub(crate) fn describe(_pid: u32) -> Option<ProcessFacts> {
    None
}

pub(crate) fn pause(process: Option<&PinnedProcess>, length: Duration) -> io::Result<bool> {
    match process {
        Some(process) => match *process {},
        None => std::thread::sleep(length),
    }
    Ok(false)
}

#[cfg(feature = "client")]
pub(crate) fn listener_holders(
    _: &ListenerPlace,
) -> Result<ListenerHolders<PinnedProcess>, PinError> {
    Err(PinError::Io(io::ErrorKind::Unsupported.into()))
}

pub(crate) fn socket_holder(_inodes: &[u32], _first: u32, _: Deadline) -> Option<PinnedProcess> {
    None
}

pub(crate) fn orphans(_sessions: &BTreeSet<u32>, _since: u64) -> io::Result<Vec<PinnedProcess>> {
    Ok(Vec::new())
}

#[cfg(feature = "client")]
pub(crate) fn lock_writers(_: FileId) -> Vec<PinnedProcess> {
    Vec::new()
}

pub(crate) fn socket_holders(_inodes: &[u32], _: Deadline) -> Vec<PinnedProcess> {
    Vec::new()
}

/// Addresses on which a process listens. There are none.
#[derive(Debug)]
pub(crate) enum RememberedListeners {}

impl RememberedListeners {
    pub(crate) fn new(
        process: &PinnedProcess,
        _descendants: &[&PinnedProcess],
        _recorded: Vec<ListeningPlace>,
    ) -> io::Result<Self> {
        match *process {}
    }

    pub(crate) fn present(&self) -> io::Result<Vec<PresentListener>> {
        match *self {}
    }
}
