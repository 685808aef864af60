//! Who really serves the socket.
//!
//! The kernel names whoever called `listen`. That may be a supervisor which
//! handed the listener over, or a stranger who took the path: told apart by
//! whether the recorded process holds the socket at the other end. A stranger
//! may close that socket as soon as it has answered, and put the daemon's own
//! back at the path; so nothing is asked before it is known who accepted.

use std::path::Path;

use crate::endpoint::{Acceptance, Connected, Stream, descriptor};
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
    let Connected { stream, creator } = connected;
    let mut acceptance = acceptance(*creator, stream, expected, Some(process));
    if let Some(acceptance) = &mut acceptance {
        acceptance.look(stream);
    }
    match resolve(*creator, stream, acceptance, expected, Some(process)) {
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

/// What is to be found out about a connection before it is used: nothing where
/// the recorded process created the listener itself.
pub(super) fn acceptance<'a>(
    creator: PeerCredentials,
    stream: &Stream,
    expected: &DaemonProcess,
    process: Option<&'a PinnedProcess>,
) -> Option<Acceptance<'a>> {
    let process = process?;
    (!is_recorded(creator, stream, expected, process)).then(|| Acceptance::by(process))
}

pub(super) fn resolve(
    creator: PeerCredentials,
    stream: &Stream,
    acceptance: Option<Acceptance<'_>>,
    expected: &DaemonProcess,
    process: Option<&PinnedProcess>,
) -> PeerEvidence {
    if creator.pid == 0 {
        return PeerEvidence::OutsideNamespace;
    }
    if process.is_some_and(|process| is_recorded(creator, stream, expected, process)) {
        return PeerEvidence::Recorded;
    }
    if platform::inner_pid(creator.pid) == Some(expected.pid) {
        return PeerEvidence::InnerNamespace { pid: creator.pid };
    }
    let holding = match process.zip(acceptance) {
        None => Holding::NoProcess,
        Some((process, acceptance)) => holding(process, creator, stream, acceptance, expected),
    };
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
fn is_recorded(
    creator: PeerCredentials,
    stream: &Stream,
    expected: &DaemonProcess,
    process: &PinnedProcess,
) -> bool {
    creator.pid == expected.pid
        && process
            .serial()
            .is_none_or(|ours| platform::peer_process(descriptor(stream)) == Some(ours))
}

fn holding(
    process: &PinnedProcess,
    creator: PeerCredentials,
    stream: &Stream,
    acceptance: Acceptance<'_>,
    expected: &DaemonProcess,
) -> Holding {
    match process.uid() {
        Ok(owner) if creator.uid != 0 && creator.uid != owner => {
            return Holding::OtherUser { owner };
        }
        Ok(_) => {}
        Err(error) => return Holding::Unknown(format!("its user cannot be read: {error}")),
    }
    match acceptance.held(stream, Path::new(&expected.ipc_endpoint.path)) {
        Ok(true) => Holding::Held,
        Ok(false) => Holding::NotHeld,
        Err(unresolved) => Holding::Unknown(unresolved.to_string()),
    }
}
