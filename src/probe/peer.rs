//! Who really serves the socket.
//!
//! The kernel names whoever called `listen`. That may be a supervisor which
//! handed the listener over, or a stranger who took the path: told apart by
//! whether the recorded process holds the socket at the other end. A stranger
//! may close that socket as soon as it has answered, and put the daemon's own
//! back at the path; so nothing is asked before it is known who accepted.

use std::io;
use std::path::Path;

use crate::endpoint::{Acceptance, Connected, Stream, descriptor};
use crate::identity::DaemonProcess;
use crate::platform::{self, PeerCredentials, PinError, PinnedProcess, ProcessFacts};

use super::evidence::ProcessEvidence;

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

/// What the recorded process is to a listener. Decided once, right after
/// connecting: later whoever created it may have ended.
#[derive(Debug)]
pub(super) enum Role {
    /// It created the listener.
    Creator,
    /// Somebody else did, who may have handed it over.
    Other,
    /// Who did cannot be told.
    Unknown(io::Error),
    /// There is no such process.
    Gone,
    /// Whether there is one cannot be told.
    Unexamined(String),
}

impl Role {
    /// The role of a process that was pinned, or why there is none.
    pub(super) fn of(
        process: Option<&PinnedProcess>,
        evidence: &ProcessEvidence,
        connected: &Connected,
        expected: &DaemonProcess,
    ) -> Self {
        match (process, evidence) {
            (Some(process), _) => Self::of_pinned(process, connected, expected),
            (
                None,
                ProcessEvidence::Failed(
                    error @ (PinError::Denied | PinError::ForeignProc | PinError::Io(_)),
                ),
            ) => Self::Unexamined(error.to_string()),
            (None, _) => Self::Gone,
        }
    }

    fn of_pinned(process: &PinnedProcess, connected: &Connected, expected: &DaemonProcess) -> Self {
        match is_recorded(connected, expected, process) {
            Ok(true) => Self::Creator,
            Ok(false) => Self::Other,
            Err(error) => Self::Unknown(error),
        }
    }

    /// What is to be found out about a connection before it is used: nothing where
    /// the recorded process created the listener itself, or is not there.
    pub(super) fn acceptance<'a>(
        &self,
        process: Option<&'a PinnedProcess>,
    ) -> Option<Acceptance<'a>> {
        process
            .filter(|_| !matches!(self, Self::Creator))
            .map(Acceptance::by)
    }
}

/// Whether a process serves the socket behind a fresh connection, by the
/// kernel's word; else why not.
pub(crate) fn serves(
    connected: &Connected,
    expected: &DaemonProcess,
    process: &PinnedProcess,
) -> Result<(), String> {
    let role = Role::of_pinned(process, connected, expected);
    let Connected { stream, creator } = connected;
    let mut acceptance = role.acceptance(Some(process));
    if let Some(acceptance) = &mut acceptance {
        acceptance.look(stream);
    }
    match resolve(*creator, stream, role, acceptance, expected, false) {
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

/// `is_numbered_here` is whether the record proves to be from our PID namespace:
/// then nobody in another one is meant by the number in it.
pub(super) fn resolve(
    creator: PeerCredentials,
    stream: &Stream,
    role: Role,
    acceptance: Option<Acceptance<'_>>,
    expected: &DaemonProcess,
    is_numbered_here: bool,
) -> PeerEvidence {
    if creator.pid == 0 {
        return PeerEvidence::OutsideNamespace;
    }
    if let Role::Creator = role {
        return PeerEvidence::Recorded;
    }
    if !is_numbered_here && platform::inner_pid(creator.pid) == Some(expected.pid) {
        return PeerEvidence::InnerNamespace { pid: creator.pid };
    }
    // What cannot be asked about the recorded process cannot be about this one.
    let can_ask = !matches!(role, Role::Unexamined(_));
    let holding = match (role, acceptance) {
        (Role::Unknown(error), _) => {
            Holding::Unknown(format!("the kernel does not tell who listens: {error}"))
        }
        (Role::Unexamined(why), _) => Holding::Unknown(format!(
            "whether PID {} is alive cannot be told: {why}",
            expected.pid
        )),
        (_, Some(acceptance)) => holding(creator, stream, acceptance, expected),
        (_, None) => Holding::NoProcess,
    };
    let facts = match holding {
        Holding::Held => None,
        _ => can_ask.then(|| platform::describe(creator.pid)).flatten(),
    };
    PeerEvidence::Other {
        creator,
        holding,
        facts,
    }
}

/// Whether the creator is the pinned process, and not an earlier one with its
/// number. The number alone decides only on kernels that have no serials.
fn is_recorded(
    Connected { stream, creator }: &Connected,
    expected: &DaemonProcess,
    process: &PinnedProcess,
) -> io::Result<bool> {
    if creator.pid != expected.pid {
        return Ok(false);
    }
    match process.serial() {
        None => Ok(true),
        Some(ours) => Ok(platform::peer_process(descriptor(stream))? == Some(ours)),
    }
}

fn holding(
    creator: PeerCredentials,
    stream: &Stream,
    acceptance: Acceptance<'_>,
    expected: &DaemonProcess,
) -> Holding {
    match acceptance.process().uid() {
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
