//! A recorded listener, and the process that holds it: of the family of the recorded one, or a
//! stranger.

use std::io;
use std::path::Path;

use super::family_sockets::{FamilySockets, again};
use super::socket_file::{ABSTRACT, file_at};
use super::subject::Subject;
use crate::deadline::Deadline;
use crate::platform::{
    self, FileId, ListenerSearch, ListeningAddress, ListeningPlace, ListeningSocket, PinnedProcess,
};
use crate::probe::observed_evidence::{HolderEvidence, ListenerEvidence, SocketFileEvidence};
use crate::probe::peer::named;
use crate::process::ExpectedImage;

/// The sockets that listen at a recorded address.
struct Found {
    inodes: Vec<u32>,
    /// Whether the recorded one is not among them.
    is_rebound: bool,
    file: SocketFileEvidence,
    /// Those to which the path leads, if the recorded one is not among them.
    at_path: Vec<u32>,
}

/// The recorded process, whose family may hold a listener.
pub(super) struct ListenerFamily<'a> {
    pub(super) subject: &'a Subject<'a>,
    /// `None` if it is not alive.
    pub(super) process: Option<&'a PinnedProcess>,
    pub(super) deadline: Deadline,
}

impl ListenerFamily<'_> {
    /// Looks for the recorded sockets, each with its name, and for the processes that hold them.
    pub(super) fn examine(
        &self,
        search: &ListenerSearch,
        recorded: impl Iterator<Item = (ListeningSocket, String)>,
    ) -> Vec<ListenerEvidence> {
        let find = |(socket, name)| (self.find(search, &socket), name);
        let found: Vec<_> = recorded.map(find).collect();
        let inodes = found.iter().filter_map(|(found, _)| found.as_ref().ok());
        let inodes = inodes.flat_map(|found| found.inodes.iter().chain(&found.at_path).copied());
        let sockets = FamilySockets::new(self.process, inodes.collect(), self.deadline);
        let conclude = |(found, name)| self.conclude(found, &sockets, name);
        found.into_iter().map(conclude).collect()
    }

    /// Looks for the recorded socket, or for others at its address.
    fn find(&self, search: &ListenerSearch, recorded: &ListeningSocket) -> io::Result<Found> {
        if self.deadline.has_passed() {
            let error = "no time was left to look for it";
            return Err(io::Error::new(io::ErrorKind::TimedOut, error));
        }
        let is_rebound = !search.still_listens(recorded)?;
        if is_rebound {
            return Ok(Found {
                inodes: self.at_place(search, &recorded.place)?,
                is_rebound,
                file: SocketFileEvidence::Reachable,
                at_path: Vec::new(),
            });
        }
        let file = self.file(search, recorded);
        let at_path = match file {
            SocketFileEvidence::Unlinked => self.at_place(search, &recorded.place)?,
            _ => Vec::new(),
        };
        Ok(Found {
            inodes: vec![recorded.inode],
            is_rebound,
            file,
            at_path,
        })
    }

    fn conclude(
        &self,
        found: io::Result<Found>,
        sockets: &io::Result<FamilySockets>,
        name: String,
    ) -> ListenerEvidence {
        let found = found.map(|found| self.resolve(found, sockets));
        let holder = found.as_ref().map_err(again);
        let holder = holder.and_then(|found| self.holder(sockets, &found.inodes));
        let found = found.ok();
        ListenerEvidence {
            name,
            holder: holder.unwrap_or_else(HolderEvidence::Unknown),
            is_rebound: found.as_ref().is_some_and(|found| found.is_rebound),
            file: found.map_or(SocketFileEvidence::Reachable, |found| found.file),
        }
    }

    /// Names the process to whose socket the path leads in place of the recorded one. A process
    /// of the family has bound the path again.
    fn resolve(&self, found: Found, sockets: &io::Result<FamilySockets>) -> Found {
        if found.at_path.is_empty() {
            return found;
        }
        let member = sockets.as_ref().ok();
        let member = member.and_then(|sockets| sockets.holder(&found.at_path).ok().flatten());
        if member.is_some() {
            return Found {
                inodes: found.at_path,
                is_rebound: true,
                file: SocketFileEvidence::Reachable,
                at_path: Vec::new(),
            };
        }
        let taker = platform::socket_holder(&found.at_path, self.subject.pid, self.deadline);
        Found {
            file: SocketFileEvidence::Taken(taker.as_ref().map(named)),
            ..found
        }
    }

    /// Returns the sockets that listen now where the recorded one did.
    fn at_place(&self, search: &ListenerSearch, place: &ListeningPlace) -> io::Result<Vec<u32>> {
        let network = place.network;
        match &place.address {
            ListeningAddress::Tcp(address) => search.at_address(*address, network),
            ListeningAddress::Unix { path, .. } => match path.strip_prefix(ABSTRACT) {
                Some(name) => search.at_name(name.as_bytes(), network),
                None => match file_at(path, self.process) {
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
    fn file(&self, search: &ListenerSearch, recorded: &ListeningSocket) -> SocketFileEvidence {
        let ListeningAddress::Unix {
            path,
            file: Some(file),
        } = &recorded.place.address
        else {
            return SocketFileEvidence::Reachable;
        };
        // On another device, the same inode number may be that of another socket.
        let is_it = |found: FileId| {
            let there = || self.at_place(search, &recorded.place);
            found.inode & u128::from(u32::MAX) == file.inode
                && (found.device == file.device
                    || there().map_or(true, |there| there.contains(&recorded.inode)))
        };
        let found = file_at(path, self.process).and_then(|file| platform::stat(&file.path()));
        match found {
            Ok(found) if is_it(found.id) => SocketFileEvidence::Reachable,
            Err(error) if platform::is_hang(&error) => SocketFileEvidence::Hangs(error),
            // The working directory may have changed since.
            _ if Path::new(path).is_relative() => SocketFileEvidence::Reachable,
            Ok(_) => SocketFileEvidence::Unlinked,
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
