//! Who accepted a connection.
//!
//! The kernel names the socket at the other end only while it is open, and the
//! path may lead to another listener a moment later. So where it matters who
//! answers, that is found out before there is anything to answer.

use std::io;
use std::path::Path;
use std::time::Duration;

use interprocess::local_socket::Stream;

use super::connect::descriptor;
use crate::platform::{self, PinnedProcess};

/// Whether a process holds the socket at the other end of a connection.
#[derive(Debug)]
pub(crate) struct Acceptance<'a> {
    process: &'a PinnedProcess,
    seen: Seen,
}

#[derive(Debug)]
enum Seen {
    /// It has not been accepted, or was closed before that could be seen.
    Nothing,
    Accepted {
        inode: u32,
        is_held: bool,
    },
    Failed(Unresolved),
}

/// What keeps it from being known who holds a socket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unresolved {
    #[error("the kernel names no socket at the other end")]
    NoSocket,
    #[error("socket diagnostics failed: {0}")]
    Diagnostics(#[source] io::Error),
    #[error("not permitted to look at the descriptors of the recorded process")]
    Denied,
    #[error("the descriptors of the recorded process cannot be read: {0}")]
    Descriptors(#[source] io::Error),
}

impl<'a> Acceptance<'a> {
    pub(crate) fn by(process: &'a PinnedProcess) -> Self {
        Self {
            process,
            seen: Seen::Nothing,
        }
    }

    /// Of whom it is to be found out.
    pub(crate) fn process(&self) -> &'a PinnedProcess {
        self.process
    }

    /// Look at a connection, unless that has shown something before; whether
    /// there is nothing more to wait for.
    pub(crate) fn look(&mut self, stream: &Stream) -> bool {
        if !matches!(self.seen, Seen::Nothing) {
            return true;
        }
        // In this order: whoever has spoken or left by now had accepted it, and
        // is seen unless it has left.
        let socket = descriptor(stream);
        let looked = platform::wait_readable(socket, Duration::ZERO)
            .and_then(|has_spoken| Ok((has_spoken, platform::peer_inode(socket)?)));
        self.seen = match looked {
            Ok((has_spoken, None | Some(0))) => return has_spoken,
            Ok((_, Some(inode))) => match holds(self.process, &[inode]) {
                Ok(is_held) => Seen::Accepted { inode, is_held },
                Err(error) => Seen::Failed(error),
            },
            Err(error) => Seen::Failed(Unresolved::Diagnostics(error)),
        };
        true
    }

    /// Whether the process holds the accepted socket; while none was seen, the
    /// listener in whose queue the connection is, else the ones at the path.
    pub(crate) fn held(self, stream: &Stream, path: &Path) -> Result<bool, Unresolved> {
        match self.seen {
            Seen::Accepted { is_held: true, .. } => Ok(true),
            // It may have been accepted by another process and handed on since.
            Seen::Accepted { inode, .. } => holds(self.process, &[inode]),
            Seen::Failed(error) => Err(error),
            Seen::Nothing => {
                let listeners = platform::listener_inodes(descriptor(stream), path)
                    .map_err(Unresolved::Diagnostics)?;
                if listeners.is_empty() {
                    return Err(Unresolved::NoSocket);
                }
                holds(self.process, &listeners)
            }
        }
    }
}

fn holds(process: &PinnedProcess, inodes: &[u32]) -> Result<bool, Unresolved> {
    process
        .holds_socket(inodes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => Unresolved::Denied,
            _ => Unresolved::Descriptors(error),
        })
}
