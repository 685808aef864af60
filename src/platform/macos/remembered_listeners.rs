//! The listening sockets of a process, looked for again after its end.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::listeners::all_listening;
use super::paths::attributes;
use super::process::PinnedProcess;
use crate::platform::file_kind::FileKind;
use crate::platform::types::{
    ListeningAddress, ListeningPlace, ListeningSocket, PresentListener, Socket,
};

/// Places at which a process listens.
#[derive(Debug)]
pub(crate) struct RememberedListeners(Vec<Remembered>);

#[derive(Debug)]
struct Remembered {
    address: ListeningAddress,
    /// The numbers of the sockets that the family of the process holds.
    own: Vec<u32>,
    /// The numbers of the sockets of other processes.
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
        let mut held = process.socket_inodes()?;
        let listening = all_listening();
        let mut places = recorded;
        if places.is_empty() {
            let own = listening.iter().filter(|it| held.contains(&it.inode));
            places = own.map(|socket| socket.place.clone()).collect();
        }
        // One that has ended by now holds none.
        let theirs = descendants.iter().map(|one| one.socket_inodes());
        held.extend(theirs.filter_map(Result::ok).flatten());
        let mut remembered: Vec<Remembered> = Vec::new();
        for place in places {
            let is_known = |known: &Remembered| known.address.is_same(&place.address);
            if !remembered.iter().any(is_known) {
                remembered.push(Remembered::new(place.address, &held, &listening));
            }
        }
        Ok(Self(remembered))
    }

    /// Returns the remembered sockets that listen now, and others at their places.
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
    pub(crate) fn present(&self) -> io::Result<Vec<PresentListener>> {
        let listening = all_listening();
        Ok(self
            .0
            .iter()
            .flat_map(|it| it.present(&listening))
            .collect())
    }
}

impl Remembered {
    fn new(address: ListeningAddress, held: &BTreeSet<u32>, listening: &[ListeningSocket]) -> Self {
        let there = numbers_at(&address, listening);
        let (own, rivals) = there.into_iter().partition(|number| held.contains(number));
        Self {
            address,
            own,
            rivals,
        }
    }

    fn present(&self, listening: &[ListeningSocket]) -> Vec<PresentListener> {
        let there = numbers_at(&self.address, listening);
        let (same, others): (Vec<u32>, _) = there.into_iter().partition(|it| self.own.contains(it));
        let (rivals, later): (Vec<u32>, Vec<u32>) =
            others.into_iter().partition(|it| self.rivals.contains(it));
        let has_file = match &self.address {
            ListeningAddress::Unix { path, .. } => {
                let found = attributes(Path::new(path));
                found.is_ok_and(|found| found.kind == Some(FileKind::Socket))
            }
            ListeningAddress::Tcp(_) => true,
        };
        let found = [
            (same, Socket::Same),
            (later, Socket::Later),
            (rivals, Socket::Rival),
        ];
        let found = found.into_iter().filter(|(inodes, _)| !inodes.is_empty());
        let present = |(inodes, socket)| PresentListener {
            address: self.address.clone(),
            inodes,
            socket,
            is_reachable: has_file,
        };
        found.map(present).collect()
    }
}

/// Returns the numbers of the sockets that listen at an address.
fn numbers_at(address: &ListeningAddress, listening: &[ListeningSocket]) -> Vec<u32> {
    let is_it = |socket: &&ListeningSocket| socket.place.address.is_same(address);
    let those = listening.iter().filter(is_it);
    those.map(|socket| socket.inode).collect()
}
