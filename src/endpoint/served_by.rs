//! The relation of the recorded process to a connection.
//!
//! The kernel names the process that called `listen`. It may be a supervisor that
//! handed the listener over, or a stranger that took the path. They differ in whether
//! the recorded process holds the socket at the other end.

use std::io;

use super::acceptance::Acceptance;
use super::connect::Connected;
use crate::platform::{self, PinnedProcess, stream_waitable};

/// The relation of the recorded process to a connection.
#[derive(Debug)]
pub(crate) enum ServedBy<'p> {
    /// The recorded process created the listener.
    Recorded,
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
        match is_creator(connected, process) {
            Ok(true) => Self::Recorded,
            Ok(false) => Self::MaybeHandedOver(Acceptance::new(process)),
            Err(error) => Self::CreatorUnknown(error),
        }
    }

    /// Returns whether the challenge can be sent. Without a relation to wait for, it can
    /// be sent at once.
    pub(super) fn is_settled(&mut self, connected: &Connected) -> bool {
        if let Self::MaybeHandedOver(acceptance) = self {
            return acceptance.look(connected);
        }
        true
    }
}

/// Returns whether the creator of the listener is the pinned process, and not an earlier
/// process with its PID. Kernels without pidfs inodes compare the PID alone.
fn is_creator(
    Connected { stream, creator }: &Connected,
    process: &PinnedProcess,
) -> io::Result<bool> {
    if creator.pid != process.pid() {
        return Ok(false);
    }
    match process.pidfs_inode() {
        None => Ok(true),
        Some(ours) => {
            let peer = platform::peer_pidfs_inode(stream_waitable(stream))?;
            Ok(peer == Some(ours))
        }
    }
}
