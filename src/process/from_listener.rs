//! The process that listens at an address.

use std::fmt;
use std::io;

use super::capture::CaptureError;
use super::record::ProcessRecord;
use crate::platform::{self, ListenerAddress, MissingRight, PinError, PinnedProcess, System};

/// The program that makes the sockets of services, keeps them, and hands them to the
/// services when they are needed; see
/// [systemd.socket(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html).
const SOCKET_MANAGER: &str = "systemd";

/// The reasons that no process is recorded for an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// No socket listens at the address, in the network namespace of the caller.
    #[error("no process listens on {0}")]
    NoListener(ListenerAddress),
    /// No file has the path of the address.
    #[error("there is no {kind} {0}", kind = System::THIS.socket())]
    NoSocket(ListenerAddress),
    /// A socket listens there, and the caller may not see which process holds it.
    #[error("not permitted to see which process listens on {address}: {missing}")]
    Hidden {
        /// The address.
        address: ListenerAddress,
        /// The right that is missing.
        missing: MissingRight,
    },
    /// The process that listens there was forked from one that may listen there, too, as a worker
    /// is from its master, and the caller may not look at that.
    #[error(
        "{process} listens on {address}; not permitted to see whether its parent {parent} does, \
         too: {missing}"
    )]
    HiddenParent {
        /// The address.
        address: ListenerAddress,
        /// The process.
        process: Box<ListenerCandidate>,
        /// Its parent.
        parent: Box<ListenerCandidate>,
        /// The right that is missing.
        missing: MissingRight,
    },
    /// A socket listens there that no process of this PID namespace holds.
    #[error("no process of this PID namespace holds the listener of {0}")]
    Outside(ListenerAddress),
    /// Several processes listen there, and none of them is the ancestor of all others.
    #[error("several processes listen on {address}, and none is the parent of the others")]
    Several {
        /// The address.
        address: ListenerAddress,
        /// The processes.
        candidates: Vec<ListenerCandidate>,
    },
    /// The process that listens there cannot be recorded.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// Any other error of the system.
    #[error("cannot find out which process listens on {address}: {source}")]
    System {
        /// The address.
        address: ListenerAddress,
        /// The error.
        source: io::Error,
    },
}

impl ListenerError {
    fn new(address: &ListenerAddress, error: PinError) -> Self {
        let address = address.clone();
        let source = match error {
            PinError::ForeignProc => return CaptureError::ForeignProc.into(),
            PinError::Denied(missing) => return Self::Hidden { address, missing },
            PinError::Io(source) => source,
            error => io::Error::other(error.to_string()),
        };
        match source.kind() {
            io::ErrorKind::NotFound if address.is_path() => Self::NoSocket(address),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoListener(address),
            _ => Self::System { address, source },
        }
    }
}

/// A process that holds a listener, described for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListenerCandidate {
    /// PID of the process.
    pub pid: u32,
    /// The program, without its arguments.
    pub program: String,
    /// Name of the user, or the number of a user without a name; `None` if it is unknown.
    pub user: Option<String>,
}

impl fmt::Display for ListenerCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PID {} ({}", self.pid, self.program)?;
        match &self.user {
            Some(user) => write!(f, ", user {user})"),
            None => f.write_str(")"),
        }
    }
}

impl ProcessRecord {
    /// Records the process that holds the listener at an address, as [`Self::from_pid`]
    /// does. Nothing is connected to, except to a pipe of Windows, which names its server only to
    /// a client. If several processes hold it, such as the workers of a
    /// server, their ancestor is recorded that holds it, too. systemd, which keeps the
    /// sockets of services, counts only if no other process holds the listener. A process whose
    /// parent may be the one is not recorded if the caller may not look at that parent.
    ///
    /// # Errors
    ///
    /// [`ListenerError`].
    pub fn from_listener(address: &ListenerAddress) -> Result<Self, ListenerError> {
        let found = platform::listener_holders(&address.place)
            .map_err(|error| ListenerError::new(address, error))?;
        if !found.is_served {
            return Err(ListenerError::NoListener(address.clone()));
        }
        let holders = without_manager(found.holders);
        let ancestor = common_ancestor(&holders);
        if let Some(missing) = found.missing {
            let mut tops = ancestor.map_or(&*holders, std::slice::from_ref).iter();
            if let Some((process, parent)) = tops.find_map(with_hidden_parent) {
                return Err(ListenerError::HiddenParent {
                    address: address.clone(),
                    process: process.into(),
                    parent: parent.into(),
                    missing,
                });
            }
        }
        match (ancestor, found.missing) {
            (Some(process), _) => Ok(Self::of_pinned(process)?),
            (None, _) if !holders.is_empty() => Err(ListenerError::Several {
                address: address.clone(),
                candidates: holders.iter().map(|it| candidate(it.pid())).collect(),
            }),
            (None, Some(missing)) => Err(ListenerError::Hidden {
                address: address.clone(),
                missing,
            }),
            (None, None) => Err(ListenerError::Outside(address.clone())),
        }
    }
}

/// Leaves out processes that only keep the sockets of others, if there are others.
fn without_manager(mut holders: Vec<PinnedProcess>) -> Vec<PinnedProcess> {
    let is_manager = |process: &PinnedProcess| {
        let image = process.image_file().ok().flatten();
        let path = image.and_then(|image| image.path);
        path.is_some_and(|path| path.file_name().is_some_and(|name| name == SOCKET_MANAGER))
    };
    if holders.iter().any(|process| !is_manager(process)) {
        holders.retain(|process| !is_manager(process));
    }
    holders
}

/// Returns the process from which all others descend.
fn common_ancestor(processes: &[PinnedProcess]) -> Option<&PinnedProcess> {
    processes.iter().find(|ancestor| {
        let is_below = |process: &PinnedProcess| {
            process.pid() == ancestor.pid()
                || process
                    .descends_from(ancestor)
                    .is_ok_and(|descends| descends)
        };
        processes.iter().all(is_below)
    })
}

/// Describes a process and its parent, if the process runs the program of the parent since a fork,
/// and the caller may not look at the parent.
fn with_hidden_parent(process: &PinnedProcess) -> Option<(ListenerCandidate, ListenerCandidate)> {
    let status = process.status().ok()?;
    let is_hidden = !status.has_executed
        && match PinnedProcess::open(status.parent) {
            Ok(parent) => is_hidden_master(&parent, process),
            // The first process is the parent of all orphans.
            Err(error) => status.parent > 1 && matches!(error, PinError::Denied(_)),
        };
    is_hidden.then(|| (candidate(process.pid()), candidate(status.parent)))
}

/// Returns whether the caller may not look at the parent of a process. The first process of a PID
/// namespace is the parent of all orphans, and a master only if it has the name of the program.
fn is_hidden_master(parent: &PinnedProcess, process: &PinnedProcess) -> bool {
    let name = |process: &PinnedProcess| process.command_name().ok();
    let may_be_master = parent.pid() > 1 || name(parent) == name(process);
    may_be_master && matches!(parent.image_file(), Ok(None))
}

fn candidate(pid: u32) -> ListenerCandidate {
    let facts = platform::describe(pid);
    let (program, user) = facts.map_or_else(
        || ("?".to_owned(), None),
        |facts| (facts.command, facts.user),
    );
    ListenerCandidate { pid, program, user }
}
