//! The process that accepted a connection.
//!
//! The kernel names the socket at the other end only while it is open. A stranger may
//! close it right after its answer, and put the socket of the daemon back at the path.
//! So the challenge is sent only after the holder of that socket is known.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::connect::Connected;
use crate::platform::{self, PinnedProcess, stream_waitable};

/// Whether a process holds the socket at the other end of a connection.
#[derive(Debug)]
pub(crate) struct Acceptance<'p> {
    process: &'p PinnedProcess,
    seen: Seen,
}

/// The socket at the other end, as far as it has been seen.
#[derive(Debug)]
enum Seen {
    /// Not accepted yet, or closed before it was seen.
    Nothing,
    Accepted {
        inode: u32,
        is_held: bool,
    },
    Failed(UnknownHolder),
}

/// The reason why the holder of a socket is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnknownHolder {
    #[error("the kernel names no socket at the other end")]
    NoSocket,
    #[error("socket diagnostics failed: {0}")]
    Diagnostics(#[source] io::Error),
    #[error("not permitted to look at the descriptors of the recorded process")]
    Denied,
    #[error("the descriptors of the recorded process cannot be read: {0}")]
    Descriptors(#[source] io::Error),
}

impl<'p> Acceptance<'p> {
    pub(super) fn new(process: &'p PinnedProcess) -> Self {
        Self {
            process,
            seen: Seen::Nothing,
        }
    }

    /// Returns the process whose sockets are examined.
    pub(crate) fn process(&self) -> &'p PinnedProcess {
        self.process
    }

    /// Looks at the other end, unless it has been seen before. Returns whether there is
    /// nothing more to wait for.
    pub(crate) fn look(&mut self, connected: &Connected) -> bool {
        if !matches!(self.seen, Seen::Nothing) {
            return true;
        }
        // In this order: a peer that has sent or closed by now had accepted before, and
        // its socket is found unless it is closed.
        let socket = stream_waitable(&connected.stream);
        let looked = platform::wait_readable(socket, Duration::ZERO)
            .and_then(|has_sent| Ok((has_sent, platform::peer_inode(socket)?)));
        self.seen = match looked {
            Ok((has_sent, None | Some(0))) => return has_sent,
            Ok((_, Some(inode))) => match holds(self.process, &[inode]) {
                Ok(is_held) => Seen::Accepted { inode, is_held },
                Err(error) => Seen::Failed(error),
            },
            Err(error) => Seen::Failed(UnknownHolder::Diagnostics(error)),
        };
        true
    }

    /// Returns whether the process holds the accepted socket. If none was seen, the
    /// listener counts in whose queue the connection is, or else any listener at `path`.
    pub(crate) fn held(self, connected: &Connected, path: &Path) -> Result<bool, UnknownHolder> {
        match self.seen {
            Seen::Accepted { is_held: true, .. } => Ok(true),
            // It may have been accepted by another process and handed on since.
            Seen::Accepted { inode, .. } => holds(self.process, &[inode]),
            Seen::Failed(error) => Err(error),
            Seen::Nothing => {
                let listeners = platform::listener_inodes(stream_waitable(&connected.stream), path)
                    .map_err(UnknownHolder::Diagnostics)?;
                if listeners.is_empty() {
                    return Err(UnknownHolder::NoSocket);
                }
                holds(self.process, &listeners)
            }
        }
    }
}

fn holds(process: &PinnedProcess, inodes: &[u32]) -> Result<bool, UnknownHolder> {
    process
        .holds_socket(inodes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => UnknownHolder::Denied,
            _ => UnknownHolder::Descriptors(error),
        })
}
