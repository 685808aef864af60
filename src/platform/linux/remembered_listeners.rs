//! The listening sockets of a process, looked for again after its end.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::diagnostics::listeners_of_file;
use super::held_listeners::all_listening;
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use crate::platform::types::{ListeningAddress, ListeningSocket, PresentListener, Socket};

/// Addresses on which a process listens, in the network namespaces of that process and of the
/// caller.
#[derive(Debug)]
pub(crate) struct RememberedListeners {
    spaces: Vec<Diagnostics>,
    addresses: Vec<Remembered>,
    /// Whether a path names the same file for the calling process.
    is_same_root: bool,
}

#[derive(Debug)]
struct Remembered {
    address: ListeningAddress,
    /// The inode of the socket; `None` if no process of the family listened.
    inode: Option<u32>,
    /// The inodes of the sockets of other processes.
    rivals: Vec<u32>,
}

impl RememberedListeners {
    /// Remembers the `recorded` addresses, on which `process` may listen, a descendant of it, or
    /// neither. If none is recorded, those are remembered on which `process` listens.
    pub(crate) fn new(
        process: &PinnedProcess,
        descendants: &[&PinnedProcess],
        recorded: Vec<ListeningAddress>,
    ) -> io::Result<Self> {
        let mut remembered = Self {
            spaces: process.socket_diagnostics()?,
            addresses: Vec::new(),
            is_same_root: !process.has_other_root(),
        };
        let own = process.socket_inodes()?;
        // One that has ended by now holds none.
        let theirs = descendants.iter().map(|one| one.socket_inodes());
        let theirs: BTreeSet<u32> = theirs.filter_map(Result::ok).flatten().collect();
        let listening = all_listening(&remembered.spaces)?;
        let mut held: Vec<(ListeningAddress, Option<u32>)> = Vec::new();
        for address in recorded {
            // It may have been bound by another path to that file.
            let there = remembered.at(&address, &listening);
            let is_it = |socket: &&ListeningSocket| {
                let ListeningSocket { address: at, inode } = socket;
                let is_held = own.contains(inode) || theirs.contains(inode);
                is_held && (at.is_same(&address) || there.contains(inode))
            };
            let inodes: Vec<_> = listening.iter().filter(is_it).map(|it| it.inode).collect();
            let known = inodes.iter().map(|&inode| (address.clone(), Some(inode)));
            held.extend(known);
            if inodes.is_empty() {
                held.push((address, None));
            }
        }
        // A process may have inherited others by accident.
        if held.is_empty() {
            let its = listening.iter().filter(|it| own.contains(&it.inode));
            held.extend(its.map(|it| (it.address.clone(), Some(it.inode))));
        }
        for (address, inode) in held {
            let mut rivals = remembered.at(&address, &listening);
            rivals.retain(|inode| !own.contains(inode) && !theirs.contains(inode));
            remembered.addresses.push(Remembered {
                address,
                inode,
                rivals,
            });
        }
        Ok(remembered)
    }

    /// Returns the remembered sockets that listen now, and others at their addresses.
    pub(crate) fn present(&self) -> io::Result<Vec<PresentListener>> {
        let listening = all_listening(&self.spaces)?;
        let mut present = Vec::new();
        for Remembered {
            address,
            inode,
            rivals,
        } in &self.addresses
        {
            let mut found = |inodes: Vec<u32>, socket, is_reachable| {
                if !inodes.is_empty() {
                    present.push(PresentListener {
                        address: address.clone(),
                        inodes,
                        socket,
                        is_reachable,
                    });
                }
            };
            let is_same = |socket: &ListeningSocket| Some(socket.inode) == *inode;
            let at = self.at(address, &listening);
            let (rivals, mut others): (Vec<_>, Vec<_>) =
                at.iter().partition(|inode| rivals.contains(inode));
            others.retain(|one| Some(*one) != *inode);
            if let Some(inode) = inode.filter(|_| listening.iter().any(is_same)) {
                let is_reachable = at.contains(&inode) || !self.is_findable(address);
                found(vec![inode], Socket::Same, is_reachable);
            }
            found(others, Socket::Later, true);
            found(rivals, Socket::Rival, true);
        }
        Ok(present)
    }

    /// Returns whether the sockets at an address can be found: the path may name another file
    /// for the process, in another directory or root directory.
    fn is_findable(&self, address: &ListeningAddress) -> bool {
        match address {
            ListeningAddress::Unix { path, .. } if !path.starts_with('@') => {
                path.starts_with('/') && self.is_same_root
            }
            _ => true,
        }
    }

    /// Returns the inodes of the sockets that clients reach at an address.
    fn at(&self, address: &ListeningAddress, listening: &[ListeningSocket]) -> Vec<u32> {
        match address {
            _ if !self.is_findable(address) => Vec::new(),
            ListeningAddress::Unix { path, .. } if path.starts_with('/') => {
                let spaces = self.spaces.iter();
                let bound = spaces.map(|space| {
                    let path = Path::new(path);
                    listeners_of_file(space, path, path.file_name())
                });
                // There may be no such file.
                bound.filter_map(Result::ok).flatten().collect()
            }
            _ => {
                let there = listening.iter().filter(|it| it.address.is_same(address));
                there.map(|socket| socket.inode).collect()
            }
        }
    }
}
