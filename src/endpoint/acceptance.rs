//! The process that accepted a connection.
//!
//! The kernel names the socket at the other end only while it is open. A stranger may
//! close it right after its answer, and put the socket of the daemon back at the path.
//! So the challenge is sent only after the holder of that socket is known.

use std::io;
use std::time::Duration;

use super::connect::{Connected, FIRST_PAUSE};
use crate::deadline::Deadline;
use crate::platform::{self, BoundFile, PinnedProcess, stream_socket, stream_waitable};

/// The time for looking for the holder of an accepted socket in the family: for a moment in
/// accept(2), which is longer on a busy machine, the kernel names a socket that has no
/// descriptor yet.
const ACCEPT_TIME: Duration = Duration::from_millis(100);

/// The minimum number of attempts, even if the budget is used up.
const LAST_LOOKS: usize = 16;

/// What the recorded process and its descendants hold of a connection.
#[derive(Debug)]
pub(crate) struct Acceptance<'p> {
    process: &'p PinnedProcess,
    /// Whether the recorded process created the listener.
    is_creator: bool,
    seen: Seen,
    /// The end of the search for the holder of an accepted socket, once a look found none.
    until: Option<Deadline>,
}

/// The socket at the other end, as far as it has been seen.
#[derive(Debug)]
enum Seen {
    /// Not accepted yet, or closed before it was seen.
    Nothing,
    Accepted {
        inode: u32,
        /// The file of its listener, unless the recorded process created that and holds it.
        file: Option<BoundFile>,
        holder: Option<Member>,
    },
    Failed(UnknownHolder),
}

/// A process of the family of the recorded process.
#[derive(Debug)]
enum Member {
    Recorded,
    Descendant(PinnedProcess),
}

/// The process that serves a connection, in relation to the recorded one.
#[derive(Debug)]
pub(crate) enum Server {
    /// The recorded process accepted, or holds the listener if no process accepted.
    Recorded,
    /// The recorded process holds the listener, and a descendant accepted.
    Worker(PinnedProcess),
    /// Only a descendant holds the listener.
    Heir(PinnedProcess),
    /// The recorded process or a descendant holds the listener. Another process accepted,
    /// and holds the socket with this inode.
    Guest(u32),
    /// Neither the recorded process nor a descendant holds the accepted socket and the
    /// listener: those with these inodes, as far as they are known.
    Stranger(Vec<u32>),
}

/// The reason why the holder of a socket is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnknownHolder {
    #[error("the kernel names no socket at the other end")]
    NoSocket,
    #[error(
        "the recorded process or a descendant holds the connection, but not the listener: \
         another process may have accepted it, and answer"
    )]
    HandedOn,
    #[error("not permitted to look into the network namespace of the recorded process")]
    Namespace,
    #[error("socket diagnostics failed: {0}")]
    Diagnostics(#[source] io::Error),
    #[error("not permitted to look at the descriptors of the recorded process")]
    Denied,
    #[error("the descriptors of the recorded process cannot be read: {0}")]
    Descriptors(#[source] io::Error),
    #[error("a descendant of the recorded process cannot be examined: {0}")]
    Descendant(#[source] io::Error),
}

impl<'p> Acceptance<'p> {
    pub(super) fn new(process: &'p PinnedProcess, is_creator: bool) -> Self {
        Self {
            process,
            is_creator,
            seen: Seen::Nothing,
            until: None,
        }
    }

    /// Returns the recorded process.
    pub(crate) fn process(&self) -> &'p PinnedProcess {
        self.process
    }

    /// Returns whether an accepted socket was seen, or looking for one failed.
    pub(crate) fn has_seen(&self) -> bool {
        !matches!(self.seen, Seen::Nothing)
    }

    /// Looks at the other end, unless it has been seen before. Returns whether there is
    /// nothing more to wait for.
    pub(crate) fn look(&mut self, connected: &Connected) -> bool {
        if self.has_seen() {
            return true;
        }
        // In this order: a peer that has sent or closed by now had accepted before, and
        // its socket is found unless it is closed.
        let stream = &connected.stream;
        let looked = platform::wait_readable(stream_waitable(stream), Duration::ZERO)
            .and_then(|has_sent| Ok((has_sent, platform::peer_inode(stream_socket(stream))?)));
        self.seen = match looked {
            Ok((has_sent, None | Some(0))) => return has_sent,
            Ok((_, Some(inode))) => match member_holding(self.process, &[inode]) {
                // A socket that was closed while its holder was looked for has none.
                Ok(None) if !is_still_accepted(connected, inode) => return true,
                Ok(None) if self.is_in_accept() => return false,
                Ok(Some(Member::Recorded)) if self.is_creator => Seen::Accepted {
                    inode,
                    file: None,
                    holder: Some(Member::Recorded),
                },
                Ok(holder) => match platform::bound_file(inode) {
                    Ok(file) => Seen::Accepted {
                        inode,
                        file,
                        holder,
                    },
                    Err(error) => Seen::Failed(UnknownHolder::Diagnostics(error)),
                },
                Err(error) => Seen::Failed(error),
            },
            Err(error) => Seen::Failed(UnknownHolder::Diagnostics(error)),
        };
        true
    }

    /// Looks at the other end for the last time.
    pub(crate) fn look_last(&mut self, connected: &Connected) {
        for _ in 0..LAST_LOOKS {
            if self.look(connected) || self.until.is_none() {
                return;
            }
            std::thread::sleep(FIRST_PAUSE);
        }
        self.until = Some(Deadline::after(Duration::ZERO));
        self.look(connected);
    }

    /// Returns whether an accepted socket without a holder may still get its descriptor.
    fn is_in_accept(&mut self) -> bool {
        let begin = || Deadline::after(ACCEPT_TIME);
        !self.until.get_or_insert_with(begin).has_passed()
    }

    /// Returns the server of the connection. If no accepted socket was seen, the listener
    /// counts in whose queue the connection is, or else any listener at its path.
    pub(crate) fn server(self, connected: &Connected) -> Result<Server, UnknownHolder> {
        let process = self.process;
        let listeners = |file| listeners(connected, file, Some(process));
        let (inode, file, holder) = match self.seen {
            Seen::Accepted {
                inode,
                file,
                holder,
            } => (inode, file, holder),
            Seen::Failed(error) => return Err(error),
            Seen::Nothing => return listening(process, listeners(None)?),
        };
        let holder = match holder {
            // It may have been accepted by another process and handed on since.
            None => member_holding(process, &[inode])?,
            holder => holder,
        };
        Ok(match holder {
            Some(Member::Recorded) if self.is_creator => Server::Recorded,
            // A connection can be handed on by a process that accepted it, and answers it.
            Some(holder) => match (holder, member_holding(process, &listeners(file)?)?) {
                (_, None) => return Err(UnknownHolder::HandedOn),
                (Member::Recorded, Some(_)) => Server::Recorded,
                (Member::Descendant(worker), Some(Member::Recorded)) => Server::Worker(worker),
                (Member::Descendant(worker), Some(_)) => Server::Heir(worker),
            },
            None => {
                let mut sockets = listeners(file)?;
                if member_holding(process, &sockets)?.is_some() {
                    Server::Guest(inode)
                } else {
                    sockets.push(inode);
                    Server::Stranger(sockets)
                }
            }
        })
    }
}

/// Returns the server of a connection without an accepted socket, by these listeners.
fn listening(process: &PinnedProcess, listeners: Vec<u32>) -> Result<Server, UnknownHolder> {
    if listeners.is_empty() {
        return Err(UnknownHolder::NoSocket);
    }
    Ok(match member_holding(process, &listeners)? {
        Some(Member::Recorded) => Server::Recorded,
        Some(Member::Descendant(heir)) => Server::Heir(heir),
        None => Server::Stranger(listeners),
    })
}

/// Returns the inodes of the accepted socket and of the listeners at its path, as far as the
/// kernel shows them.
pub(crate) fn serving_sockets(connected: &Connected) -> Vec<u32> {
    let mut sockets = listeners(connected, None, None).unwrap_or_default();
    let accepted = platform::peer_inode(stream_socket(&connected.stream));
    sockets.extend(accepted.ok().flatten().filter(|&inode| inode != 0));
    sockets
}

fn is_still_accepted(connected: &Connected, inode: u32) -> bool {
    // An error does not show that it was closed.
    platform::peer_inode(stream_socket(&connected.stream)).map_or(true, |now| now == Some(inode))
}

fn listeners(
    connected: &Connected,
    file: Option<BoundFile>,
    process: Option<&PinnedProcess>,
) -> Result<Vec<u32>, UnknownHolder> {
    let socket = stream_socket(&connected.stream);
    let (path, name) = (connected.place.path(), connected.place.name());
    platform::listener_inodes(socket, file, (&path, name), process).map_err(|error| {
        match error.kind() {
            io::ErrorKind::PermissionDenied => UnknownHolder::Namespace,
            _ => UnknownHolder::Diagnostics(error),
        }
    })
}

/// Returns the recorded process or a descendant, if one holds one of these sockets.
fn member_holding(
    process: &PinnedProcess,
    inodes: &[u32],
) -> Result<Option<Member>, UnknownHolder> {
    if holds(process, inodes)? {
        return Ok(Some(Member::Recorded));
    }
    let descendant = process.descendant_holding(inodes);
    Ok(descendant
        .map_err(UnknownHolder::Descendant)?
        .map(Member::Descendant))
}

fn holds(process: &PinnedProcess, inodes: &[u32]) -> Result<bool, UnknownHolder> {
    process
        .holds_socket(inodes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => UnknownHolder::Denied,
            _ => UnknownHolder::Descriptors(error),
        })
}
