//! The relation of the recorded process to a connection.
//!
//! The kernel names the process that called `listen`. It may be a supervisor that
//! handed the listener over, a worker that called it again, or a stranger that took the
//! path. They differ in which process holds the socket at the other end.

use std::io;

use super::acceptance::Acceptance;
use super::connect::Connected;
use crate::platform::{self, Liveness, PinError, PinnedProcess, stream_socket};

/// The relation of the recorded process to a connection.
#[derive(Debug)]
pub(crate) enum ServedBy<'p> {
    /// The recorded process created the listener, and has no children that could accept.
    Recorded(Acceptance<'p>),
    /// The recorded process created the listener, and a worker may accept: its answer proves
    /// less than one of the process itself.
    MaybeWorker(Acceptance<'p>),
    /// Another process created it, and may have handed it to the recorded one.
    MaybeHandedOver(Acceptance<'p>),
    /// The system does not show which process created it.
    CreatorUnknown(io::Error),
    /// There is no recorded process.
    NoProcess,
    /// The system does not show whether there is a recorded process, for this reason.
    ProcessUnexamined(String),
}

impl<'p> ServedBy<'p> {
    /// Determines the relation of the recorded process to a fresh connection: later, the
    /// creator of the listener may have exited.
    pub(crate) fn new(connected: &Connected, process: &'p PinnedProcess) -> Self {
        let is_creator = match is_creator(connected, process) {
            Ok(is_creator) => is_creator,
            Err(error) => return Self::CreatorUnknown(error),
        };
        let acceptance = Acceptance::new(process, is_creator);
        if !is_creator {
            Self::MaybeHandedOver(acceptance)
        } else if process.has_children() {
            Self::MaybeWorker(acceptance)
        } else {
            Self::Recorded(acceptance)
        }
    }

    /// Returns whether the challenge can be sent. Without a relation to wait for, it can
    /// be sent at once.
    pub(super) fn is_settled(&mut self, connected: &Connected) -> bool {
        match self {
            Self::MaybeHandedOver(acceptance) | Self::MaybeWorker(acceptance) => {
                acceptance.look(connected)
            }
            _ => true,
        }
    }
}

/// The process that created a listener.
#[derive(Debug)]
pub(crate) enum Creator {
    Alive(PinnedProcess),
    Gone,
    /// It cannot be examined, or is outside the PID namespace of this process.
    Hidden,
}

impl Creator {
    pub(crate) fn new(connected: &Connected) -> Self {
        if connected.is_from_outside_namespace() {
            return Self::Hidden;
        }
        let process = match PinnedProcess::open(connected.creator.pid) {
            Ok(process) => process,
            Err(PinError::NoSuchProcess | PinError::Thread { .. }) => return Self::Gone,
            Err(_) => return Self::Hidden,
        };
        match is_creator(connected, &process) {
            Ok(true) if matches!(process.liveness(), Ok(Liveness::Alive)) => Self::Alive(process),
            Ok(_) => Self::Gone,
            Err(_) => Self::Hidden,
        }
    }
}

/// Returns whether the creator of the listener is the pinned process, and not an earlier
/// process with its PID. Kernels without pidfs inodes compare the PID alone.
fn is_creator(
    Connected {
        stream, creator, ..
    }: &Connected,
    process: &PinnedProcess,
) -> io::Result<bool> {
    if creator.pid != process.pid() {
        return Ok(false);
    }
    match process.pidfs_inode() {
        None => Ok(true),
        Some(ours) => {
            let peer = platform::peer_pidfs_inode(stream_socket(stream))?;
            Ok(peer == Some(ours))
        }
    }
}
