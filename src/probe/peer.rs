//! The process at the other end of a connection.

use std::time::Duration;

use super::evidence::{
    CreatorEvidence, NamedProcess, PeerEvidence, ServerEvidence, StrangerEvidence,
};
use crate::deadline::Deadline;
use crate::endpoint::{self, Acceptance, Connected, Creator, ServedBy, Server, UnknownHolder};
use crate::identity::DaemonProcess;
use crate::platform::{self, PinnedProcess, UserId};

/// The minimum time for finding the process that holds a socket, if it is none of the
/// family. Its name is for the reader, and the budget may be used up.
const SEARCH_TIME: Duration = Duration::from_millis(30);

/// Checks that `process` or its worker serves a fresh connection, as the kernel shows it.
///
/// # Errors
///
/// The reason why it does not, or why that is not known.
pub(crate) fn serves(
    connected: &Connected,
    expected: &DaemonProcess,
    process: &PinnedProcess,
) -> Result<(), String> {
    let server = ServedBy::new(connected, process);
    let peer = Peer {
        connected,
        expected,
        deadline: Deadline::after(Duration::ZERO),
        is_numbered_here: true,
        owner: None,
        probable_holder: None,
    };
    match peer.resolve(server).0.server {
        ServerEvidence::Recorded
        | ServerEvidence::Worker(_)
        | ServerEvidence::Heir {
            is_same_user: true, ..
        } => Ok(()),
        ServerEvidence::Unknown(why) => Err(format!("who serves the socket is not known: {why}")),
        ServerEvidence::Heir { process, .. }
        | ServerEvidence::Guest(Some(process))
        | ServerEvidence::Stranger(StrangerEvidence {
            process: Some(process),
            ..
        }) => Err(format!("the socket is served by PID {}", process.pid)),
        ServerEvidence::Guest(None)
        | ServerEvidence::Stranger(_)
        | ServerEvidence::OutsideNamespace
        | ServerEvidence::InnerNamespace { .. } => {
            Err("the socket is served by another process".to_owned())
        }
    }
}

/// A connection whose server is to be determined.
pub(super) struct Peer<'a> {
    pub(super) connected: &'a Connected,
    pub(super) expected: &'a DaemonProcess,
    pub(super) deadline: Deadline,
    /// Whether the record proves to be from our PID namespace: its PID is then not the
    /// number of a process inside another one.
    pub(super) is_numbered_here: bool,
    /// The owner of the record, if it has one.
    pub(super) owner: Option<UserId>,
    /// A process that held the socket a moment ago.
    pub(super) probable_holder: Option<u32>,
}

/// The evidence, and the process that serves the socket if it is not of the family.
pub(super) type Resolved = (PeerEvidence, Option<PinnedProcess>);

/// The server, as far as the family of the recorded process is concerned.
enum Found<'p> {
    Server(ServerEvidence),
    /// The process that holds one of these sockets.
    Stranger {
        sockets: Vec<u32>,
        recorded: Option<&'p PinnedProcess>,
    },
}

impl Peer<'_> {
    /// Completes the evidence on the server of the connection.
    pub(super) fn resolve(&self, server: ServedBy<'_>) -> Resolved {
        let recorded = self.expected.pid;
        let unknown = |why| Found::Server(ServerEvidence::Unknown(why));
        match server {
            ServedBy::Recorded(mut acceptance) => {
                acceptance.look_last(self.connected);
                let found = if acceptance.has_seen() {
                    self.family(acceptance, true)
                } else {
                    Found::Server(ServerEvidence::Recorded)
                };
                self.with_creator(found, CreatorEvidence::Recorded, None)
            }
            ServedBy::MaybeWorker(acceptance) => {
                let found = self.family(acceptance, true);
                self.with_creator(found, CreatorEvidence::Recorded, None)
            }
            ServedBy::MaybeHandedOver(acceptance) => self.other(self.family(acceptance, false)),
            ServedBy::NoProcess => self.other(Found::Stranger {
                sockets: endpoint::serving_sockets(self.connected),
                recorded: None,
            }),
            ServedBy::CreatorUnknown(error) => self.other(unknown(format!(
                "the kernel does not tell who listens: {error}"
            ))),
            ServedBy::ProcessUnexamined(why) => self.other(unknown(format!(
                "whether PID {recorded} is alive cannot be told: {why}"
            ))),
        }
    }

    fn other(&self, found: Found<'_>) -> Resolved {
        let pid = self.connected.creator.pid;
        let (evidence, process) = match Creator::new(self.connected) {
            Creator::Alive(process) => (CreatorEvidence::Other(named(&process)), Some(process)),
            Creator::Gone => (CreatorEvidence::Gone { pid }, None),
            Creator::Hidden if pid == 0 => (CreatorEvidence::Outside, None),
            Creator::Hidden => {
                let unnamed = NamedProcess { pid, facts: None };
                (CreatorEvidence::Other(unnamed), None)
            }
        };
        self.with_creator(found, evidence, process)
    }

    fn with_creator(
        &self,
        found: Found<'_>,
        creator: CreatorEvidence,
        process: Option<PinnedProcess>,
    ) -> Resolved {
        let pid = self.connected.creator.pid;
        let (server, stranger) = match found {
            Found::Server(ServerEvidence::Unknown(why)) => {
                let unknown = ServerEvidence::Unknown(why);
                (self.elsewhere(pid).unwrap_or(unknown), None)
            }
            Found::Server(server) => (server, None),
            Found::Stranger { sockets, recorded } => {
                let holder = self.holder(&sockets).or(process);
                let pid = holder.as_ref().map_or(pid, PinnedProcess::pid);
                match self.elsewhere(pid) {
                    Some(elsewhere) => (elsewhere, holder),
                    None => (self.stranger(holder.as_ref(), recorded), holder),
                }
            }
        };
        (PeerEvidence { creator, server }, stranger)
    }

    /// Determines which process of the family serves the connection.
    fn family<'p>(&self, mut acceptance: Acceptance<'p>, is_creator: bool) -> Found<'p> {
        acceptance.look_last(self.connected);
        let recorded = acceptance.process();
        Found::Server(match acceptance.server(self.connected) {
            Ok(Server::Recorded) => ServerEvidence::Recorded,
            Ok(Server::Worker(worker)) => ServerEvidence::Worker(named(&worker)),
            Ok(Server::Heir(heir)) => ServerEvidence::Heir {
                process: named(&heir),
                is_same_user: matches!(
                    (heir.uid(), recorded.uid()),
                    (Ok(heir), Ok(recorded)) if heir == recorded
                ),
            },
            Ok(Server::Guest(inode)) => {
                ServerEvidence::Guest(self.holder(&[inode]).as_ref().map(named))
            }
            Ok(Server::Stranger(sockets)) => {
                return Found::Stranger {
                    sockets,
                    recorded: Some(recorded),
                };
            }
            // The kernel names it all the same.
            Err(
                UnknownHolder::NoSocket | UnknownHolder::Denied | UnknownHolder::Diagnostics(_),
            ) if is_creator => ServerEvidence::Recorded,
            Err(error) => ServerEvidence::Unknown(error.to_string()),
        })
    }

    /// Describes a process that is not of the family. Its image is compared later.
    fn stranger(
        &self,
        process: Option<&PinnedProcess>,
        recorded: Option<&PinnedProcess>,
    ) -> ServerEvidence {
        // The owner of the record is the user of a recorded process that has ended.
        let user = recorded.map_or(self.owner, |recorded| recorded.uid().ok());
        let server = process.and_then(|process| process.uid().ok());
        ServerEvidence::Stranger(StrangerEvidence {
            process: process.map(named),
            has_rival: recorded.is_some(),
            is_same_user: server.zip(user).map(|(server, user)| server == user),
            is_same_image: false,
        })
    }

    /// Returns the server if it is of another PID namespace, from which the record may be.
    fn elsewhere(&self, pid: u32) -> Option<ServerEvidence> {
        if self.is_numbered_here {
            None
        } else if self.connected.is_from_outside_namespace() {
            Some(ServerEvidence::OutsideNamespace)
        } else {
            let is_inner = platform::inner_pid(pid) == Some(self.expected.pid);
            is_inner.then_some(ServerEvidence::InnerNamespace {
                pid,
                is_other_image: false,
            })
        }
    }

    fn holder(&self, sockets: &[u32]) -> Option<PinnedProcess> {
        let deadline = if self.deadline.remaining() < SEARCH_TIME {
            Deadline::after(SEARCH_TIME)
        } else {
            self.deadline
        };
        let first = self.probable_holder.unwrap_or(self.connected.creator.pid);
        platform::socket_holder(sockets, first, deadline)
    }
}

/// Describes a process for a reader.
pub(super) fn named(process: &PinnedProcess) -> NamedProcess {
    let pid = process.pid();
    let facts = platform::describe(pid);
    NamedProcess { pid, facts }
}
