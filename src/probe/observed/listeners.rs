//! The recorded listeners, and the processes that hold them. Nothing is connected to.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::family_sockets::{FamilySockets, again};
use super::subject::Subject;
use crate::deadline::Deadline;
use crate::endpoint::{self, Place};
use crate::identity::Endpoint;
use crate::platform::{self, ListenerSearch, ListeningAddress, ListeningSocket, PinnedProcess};
use crate::probe::observed_evidence::{
    HolderEvidence, ListenerEvidence, ListenersEvidence, SocketFileEvidence,
};
use crate::probe::peer::named;
use crate::probe::request::AskedEndpoint;
use crate::process::{ExpectedImage, RecordedListener};

/// The mark in front of a name in the abstract namespace.
const ABSTRACT: char = '@';

/// The minimum time for finding a process that holds a listener, if it is none of the
/// family. Its name is only displayed, and the budget may be used up.
const SEARCH_TIME: Duration = Duration::from_millis(30);

/// Looks for the recorded listeners. `process` is the recorded one, if it is alive.
pub(super) fn examine(
    subject: &Subject<'_>,
    process: Option<&PinnedProcess>,
    asked: Option<&AskedEndpoint>,
    timeout: Duration,
) -> ListenersEvidence {
    let listeners = subject.listeners;
    if let Some(asked) = asked.filter(|asked| !is_recorded(asked, listeners, process)) {
        let asked = asked.path().to_owned();
        return ListenersEvidence::Differs { asked };
    }
    let sockets = listeners.iter().filter_map(RecordedListener::to_socket);
    let mut sockets = sockets
        .zip(listeners.iter().map(ToString::to_string))
        .peekable();
    if sockets.peek().is_none() {
        return ListenersEvidence::Examined(Vec::new());
    }
    let search = ListenerSearch::new(process);
    let family = Family {
        subject,
        process,
        deadline: Deadline::after(timeout.max(SEARCH_TIME)),
    };
    ListenersEvidence::Examined(match search {
        Ok(search) => family.examine(&search, sockets),
        Err(error) => {
            let unknown = |(_, name)| ListenerEvidence {
                name,
                holder: HolderEvidence::Unknown(again(&error)),
                is_rebound: false,
                file: SocketFileEvidence::Reachable,
            };
            sockets.map(unknown).collect()
        }
    })
}

/// Returns whether the caller asks for a recorded listener. One file can have several paths.
fn is_recorded(
    asked: &AskedEndpoint,
    listeners: &[RecordedListener],
    process: Option<&PinnedProcess>,
) -> bool {
    let is_it = |listener: &RecordedListener| {
        let name = listener.to_string();
        let is_at_path = || {
            let place = place(&name, process);
            place.is_ok_and(|place| place.is_at(Path::new(asked.path())))
        };
        let has_file = matches!(listener, RecordedListener::Unix(_)) && !name.starts_with(ABSTRACT);
        name == asked.path() || has_file && is_at_path()
    };
    listeners.iter().any(is_it)
}

/// Returns the file of a socket, as the process names it.
fn place(path: &str, process: Option<&PinnedProcess>) -> io::Result<Place> {
    let endpoint = Endpoint {
        path: path.to_owned(),
        ..Endpoint::default()
    };
    endpoint::locate(&endpoint, process).map_err(|error| match error {
        endpoint::ConnectError::Io(error) => error,
        error => io::Error::new(io::ErrorKind::NotFound, error.to_string()),
    })
}

/// The sockets that listen at a recorded address.
struct Found {
    inodes: Vec<u32>,
    /// Whether the recorded one is not among them.
    is_rebound: bool,
}

/// The recorded process, whose family may hold a listener.
struct Family<'a> {
    subject: &'a Subject<'a>,
    process: Option<&'a PinnedProcess>,
    deadline: Deadline,
}

impl Family<'_> {
    fn examine(
        &self,
        search: &ListenerSearch,
        recorded: impl Iterator<Item = (ListeningSocket, String)>,
    ) -> Vec<ListenerEvidence> {
        let find = |(socket, name)| (self.find(search, &socket), socket, name);
        let found: Vec<_> = recorded.map(find).collect();
        let inodes = found.iter().filter_map(|(found, ..)| found.as_ref().ok());
        let inodes = inodes.flat_map(|found| found.inodes.iter().copied());
        let sockets = FamilySockets::new(self.process, inodes.collect(), self.deadline);
        let conclude = |(found, recorded, name)| self.conclude(found, &sockets, &recorded, name);
        found.into_iter().map(conclude).collect()
    }

    /// Looks for the recorded socket, or for others at its address.
    fn find(&self, search: &ListenerSearch, recorded: &ListeningSocket) -> io::Result<Found> {
        if self.deadline.has_passed() {
            let error = "no time was left to look for it";
            return Err(io::Error::new(io::ErrorKind::TimedOut, error));
        }
        let is_rebound = !search.still_listens(recorded)?;
        let inodes = if is_rebound {
            self.at_place(search, &recorded.address)?
        } else {
            vec![recorded.inode]
        };
        Ok(Found { inodes, is_rebound })
    }

    fn conclude(
        &self,
        found: io::Result<Found>,
        sockets: &io::Result<FamilySockets>,
        recorded: &ListeningSocket,
        name: String,
    ) -> ListenerEvidence {
        let is_rebound = found.as_ref().is_ok_and(|found| found.is_rebound);
        let holder = found.and_then(|found| self.holder(sockets, &found.inodes));
        let holder = holder.unwrap_or_else(HolderEvidence::Unknown);
        let file = if is_rebound {
            SocketFileEvidence::Reachable
        } else {
            self.file(&recorded.address)
        };
        ListenerEvidence {
            name,
            holder,
            is_rebound,
            file,
        }
    }

    /// Returns the sockets that listen now where the recorded one did.
    fn at_place(
        &self,
        search: &ListenerSearch,
        address: &ListeningAddress,
    ) -> io::Result<Vec<u32>> {
        match address {
            ListeningAddress::Tcp(address) => search.at_address(*address),
            ListeningAddress::Unix { path, .. } => match path.strip_prefix(ABSTRACT) {
                Some(name) => search.at_name(name.as_bytes()),
                None => match place(path, self.process) {
                    Ok(place) => search.at_file(&place.path(), place.name()),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                    Err(error) => Err(error),
                },
            },
        }
    }

    fn holder(
        &self,
        sockets: &io::Result<FamilySockets>,
        inodes: &[u32],
    ) -> io::Result<HolderEvidence> {
        if inodes.is_empty() {
            return Ok(HolderEvidence::Nobody);
        }
        if let Some(member) = sockets.as_ref().map_err(again)?.holder(inodes)? {
            return Ok(member);
        }
        let holder = platform::socket_holder(inodes, self.subject.pid, self.deadline);
        let process = holder.as_ref().map(named);
        // All processes of the namespace descend from the first one.
        Ok(match process {
            Some(process) if self.process.is_some() && self.subject.pid == 1 => {
                HolderEvidence::Descendant(process)
            }
            process => HolderEvidence::Stranger {
                process,
                is_restarted: holder.is_some_and(|holder| self.is_restarted(&holder)),
            },
        })
    }

    /// Returns whether another process runs the recorded program as the recorded users.
    fn is_restarted(&self, other: &PinnedProcess) -> bool {
        let (Some(users), Some(exe)) = (self.subject.users, self.subject.exe) else {
            return false;
        };
        let Ok(Some(image)) = other.image_file() else {
            return false;
        };
        let is_file = exe.file.is_some_and(|file| {
            ExpectedImage::new(file, self.subject.made_at).has_content(&image.stat)
        });
        let is_path = exe.path.is_some() && exe.path == image.path;
        (is_file || is_path) && other.user_ids().is_ok_and(|ids| ids == users)
    }

    /// Looks whether the path of a socket still leads to it.
    fn file(&self, address: &ListeningAddress) -> SocketFileEvidence {
        let ListeningAddress::Unix {
            path,
            file: Some(file),
        } = address
        else {
            return SocketFileEvidence::Reachable;
        };
        let found = place(path, self.process).and_then(|place| platform::stat(&place.path()));
        match found {
            Ok(found) if found.id.inode & u128::from(u32::MAX) == file.inode => {
                SocketFileEvidence::Reachable
            }
            Ok(_) => SocketFileEvidence::Unlinked,
            Err(error) if platform::is_hang(&error) => SocketFileEvidence::Hangs(error),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    SocketFileEvidence::Unlinked
                }
                // What may not be looked at may be there.
                _ => SocketFileEvidence::Reachable,
            },
        }
    }
}
