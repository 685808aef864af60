//! Who really serves the socket.
//!
//! The kernel names whoever called `listen`. That may be a supervisor which
//! handed the listener over, or a stranger who took the path: told apart by
//! whether the recorded process holds the socket at the other end.

use std::io;
use std::path::Path;

use crate::endpoint::{Connected, Stream, descriptor};

use crate::identity::DaemonProcess;
use crate::platform::{self, PeerCredentials, PinnedProcess, ProcessFacts};

#[derive(Debug)]
pub(crate) enum PeerEvidence {
    /// There was no connection to ask about.
    NotConnected,
    /// The kernel says 0: outside our PID namespace.
    OutsideNamespace,
    /// The listener was created in another PID namespace, by a process that has
    /// the recorded ID there.
    InnerNamespace { pid: u32 },
    /// The recorded process created the listener.
    Recorded,
    /// Somebody else created it.
    Other {
        creator: PeerCredentials,
        holding: Holding,
        facts: Option<ProcessFacts>,
    },
}

/// Whether the recorded process holds the socket that was connected to.
#[derive(Debug)]
pub(crate) enum Holding {
    Held,
    NotHeld,
    /// The creator's user is neither root nor the recorded process's.
    OtherUser {
        owner: u32,
    },
    /// There is no recorded process that could hold anything.
    NoProcess,
    Unknown(String),
}

/// Whether a process serves the socket behind a fresh connection, by the
/// kernel's word; else why not.
pub(crate) fn serves(
    connected: &Connected,
    expected: &DaemonProcess,
    process: &PinnedProcess,
) -> Result<(), String> {
    let creator = connected.creator;
    match resolve(creator, &connected.stream, expected, Some(process), false) {
        PeerEvidence::Recorded => Ok(()),
        PeerEvidence::Other { holding, .. } => match holding {
            Holding::Held => Ok(()),
            Holding::Unknown(why) => Err(format!("who serves the socket is not known: {why}")),
            _ => Err(format!("the socket is served by PID {}", creator.pid)),
        },
        PeerEvidence::NotConnected
        | PeerEvidence::OutsideNamespace
        | PeerEvidence::InnerNamespace { .. } => {
            Err("the socket is served from another PID namespace".to_owned())
        }
    }
}

pub(super) fn resolve(
    creator: PeerCredentials,
    stream: &Stream,
    expected: &DaemonProcess,
    process: Option<&PinnedProcess>,
    answered: bool,
) -> PeerEvidence {
    if creator.pid == 0 {
        return PeerEvidence::OutsideNamespace;
    }
    if creator.pid == expected.pid && process.is_some_and(|process| is_same(process, stream)) {
        return PeerEvidence::Recorded;
    }
    if platform::inner_pid(creator.pid) == Some(expected.pid) {
        return PeerEvidence::InnerNamespace { pid: creator.pid };
    }
    let holding = process.map_or(Holding::NoProcess, |process| {
        holding(process, creator, stream, expected, answered)
    });
    let facts = match holding {
        Holding::Held => None,
        _ => platform::describe(creator.pid),
    };
    PeerEvidence::Other {
        creator,
        holding,
        facts,
    }
}

/// Whether the creator is the pinned process, and not an earlier one with its
/// number. The number alone decides only on kernels that have no serials: with
/// them, a creator without one is gone.
fn is_same(process: &PinnedProcess, stream: &Stream) -> bool {
    process
        .serial()
        .is_none_or(|ours| platform::peer_process(descriptor(stream)) == Some(ours))
}

fn holding(
    process: &PinnedProcess,
    creator: PeerCredentials,
    stream: &Stream,
    expected: &DaemonProcess,
    answered: bool,
) -> Holding {
    match process.uid() {
        Ok(owner) if creator.uid != 0 && creator.uid != owner => {
            return Holding::OtherUser { owner };
        }
        Ok(_) => {}
        Err(error) => return Holding::Unknown(format!("its user cannot be read: {error}")),
    }
    let candidates = match serving_sockets(stream, &expected.ipc_endpoint.path, answered) {
        Ok(inodes) if inodes.is_empty() => {
            return Holding::Unknown("the kernel names no socket at the other end".to_owned());
        }
        Ok(inodes) => inodes,
        Err(error) => return Holding::Unknown(format!("socket diagnostics failed: {error}")),
    };
    match process.holds_socket(&candidates) {
        Ok(true) => Holding::Held,
        Ok(false) => Holding::NotHeld,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Holding::Unknown(
            "not permitted to look at the descriptors of the recorded process".to_owned(),
        ),
        Err(error) => Holding::Unknown(format!(
            "the descriptors of the recorded process cannot be read: {error}"
        )),
    }
}

/// The socket that was accepted; while none is known (not accepted yet, or
/// closed again), the ones that listen.
fn serving_sockets(stream: &Stream, path: &str, answered: bool) -> io::Result<Vec<u32>> {
    let accepted = if answered {
        platform::peer_inode(descriptor(stream))?.filter(|inode| *inode != 0)
    } else {
        None
    };
    match accepted {
        Some(inode) => Ok(vec![inode]),
        None => platform::listener_inodes(Path::new(path)),
    }
}
