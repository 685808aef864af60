//! The listening sockets of a process, looked for again after its end.

use std::collections::BTreeSet;
use std::io;

use super::held_listeners::all_listening;
use super::listening_site::ListeningSite;
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use crate::platform::types::{
    ListeningAddress, ListeningPlace, ListeningSocket, PresentListener, Socket,
};

/// Places at which a process listens, in the network namespaces of that process and of the
/// caller.
#[derive(Debug)]
pub(crate) struct RememberedListeners {
    spaces: Vec<Diagnostics>,
    places: Vec<Remembered>,
}

#[derive(Debug)]
struct Remembered {
    address: ListeningAddress,
    site: ListeningSite,
    /// The inodes of the sockets that the family of the process holds.
    own: Vec<u32>,
    /// The inodes of the sockets of other processes.
    rivals: Vec<u32>,
}

impl RememberedListeners {
    /// Remembers the `recorded` places, at which `process` may listen, a descendant of it, or
    /// neither. If none is recorded, those are remembered at which `process` listens.
    pub(crate) fn new(
        process: &PinnedProcess,
        descendants: &[&PinnedProcess],
        recorded: Vec<ListeningPlace>,
    ) -> io::Result<Self> {
        let own = process.socket_inodes()?;
        let spaces = process.socket_diagnostics()?;
        let listening = all_listening(&spaces)?;
        let places = if recorded.is_empty() {
            places_of(&own, &listening)
        } else {
            // A process may have inherited others by accident.
            recorded
        };
        // One that has ended by now holds none.
        let theirs = descendants.iter().map(|one| one.socket_inodes());
        let theirs = theirs.filter_map(Result::ok).flatten();
        let held: BTreeSet<u32> = own.into_iter().chain(theirs).collect();
        let remember = |place| Remembered::new(place, process, &held, &spaces, &listening);
        Ok(Self {
            places: places.into_iter().map(remember).collect(),
            spaces,
        })
    }

    /// Returns the remembered sockets that listen now, and others at their places.
    pub(crate) fn present(&self) -> io::Result<Vec<PresentListener>> {
        let listening = all_listening(&self.spaces)?;
        let places = self.places.iter();
        let present = places.flat_map(|place| place.present(&self.spaces, &listening));
        Ok(present.collect())
    }
}

/// Returns each place at which one of the sockets `own` listens.
fn places_of(own: &BTreeSet<u32>, listening: &[ListeningSocket]) -> Vec<ListeningPlace> {
    let mut places: Vec<ListeningPlace> = Vec::new();
    for socket in listening.iter().filter(|it| own.contains(&it.inode)) {
        let is_it = |known: &ListeningPlace| {
            let place = &socket.place;
            known.network == place.network && known.address.is_same(&place.address)
        };
        if !places.iter().any(is_it) {
            places.push(socket.place.clone());
        }
    }
    places
}

impl Remembered {
    /// Remembers the sockets at a place. `held` are those of the family of `process`.
    fn new(
        place: ListeningPlace,
        process: &PinnedProcess,
        held: &BTreeSet<u32>,
        spaces: &[Diagnostics],
        listening: &[ListeningSocket],
    ) -> Self {
        let is_own = |socket: &&ListeningSocket| {
            held.contains(&socket.inode) && socket.place.address.is_same(&place.address)
        };
        let own: Vec<&ListeningSocket> = listening.iter().filter(is_own).collect();
        // It may have been made in another namespace than that of the process.
        let network = own.first().and_then(|socket| socket.place.network);
        let network = place
            .network
            .or(network)
            .or(spaces.first().and_then(|it| it.network));
        let site = ListeningSite::new(&place.address, network, process);
        let there = site.sockets(spaces, listening);
        let mut own: Vec<u32> = own.iter().map(|socket| socket.inode).collect();
        // A socket may have been bound by another path to that file.
        let more = there.iter().filter(|inode| held.contains(inode));
        let more: Vec<u32> = more.filter(|inode| !own.contains(inode)).copied().collect();
        own.extend(more);
        let rivals = there.iter().filter(|inode| !own.contains(inode));
        Self {
            rivals: rivals.copied().collect(),
            site: site.unless_missed(&own, &there),
            own,
            address: place.address,
        }
    }

    fn present(
        &self,
        spaces: &[Diagnostics],
        listening: &[ListeningSocket],
    ) -> Vec<PresentListener> {
        let there = self.site.sockets(spaces, listening);
        let listens = |inode: &&u32| listening.iter().any(|socket| socket.inode == **inode);
        let alive = self.own.iter().filter(listens).copied();
        let is_reachable = |inode: &u32| there.contains(inode) || self.site.is_unknown();
        let (reachable, lost): (Vec<u32>, Vec<u32>) = alive.partition(is_reachable);
        let others = there
            .iter()
            .filter(|inode| !self.own.contains(inode))
            .copied();
        let (rivals, later) = others.partition(|inode| self.rivals.contains(inode));
        let found = [
            (reachable, Socket::Same, true),
            (lost, Socket::Same, false),
            (later, Socket::Later, true),
            (rivals, Socket::Rival, true),
        ];
        let found = found.into_iter().filter(|(inodes, ..)| !inodes.is_empty());
        let present = |(inodes, socket, is_reachable)| PresentListener {
            address: self.address.clone(),
            inodes,
            socket,
            is_reachable,
        };
        found.map(present).collect()
    }
}
