//! Where the clients of a process find its listening sockets, also after its end.

use std::path::{Path, PathBuf};

use super::diagnostics::listeners_of_file;
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use super::view::HeldDirectory;
use crate::platform::types::{ListeningAddress, ListeningSocket};

/// Where the clients of a process find its listening sockets.
#[derive(Debug)]
pub(super) enum ListeningSite {
    /// At a path.
    Path(PathBuf),
    /// At a path from another root directory than that of the caller, or from a working
    /// directory.
    PathIn(HeldDirectory, PathBuf),
    /// At a TCP address, or a name in the abstract namespace, of a network namespace; `None` if
    /// that has no known number.
    Network(ListeningAddress, Option<u64>),
    /// It cannot be found out.
    Unknown,
}

impl ListeningSite {
    pub(super) fn new(
        address: &ListeningAddress,
        network: Option<u64>,
        process: &PinnedProcess,
    ) -> Self {
        let path = match address {
            ListeningAddress::Unix { path, .. } if !path.starts_with('@') => PathBuf::from(path),
            _ => return Self::Network(address.clone(), network),
        };
        let directory = if path.is_relative() {
            process.working_directory()
        } else if process.has_other_root() {
            process.root()
        } else {
            return Self::Path(path);
        };
        directory.map_or(Self::Unknown, |directory| Self::PathIn(directory, path))
    }

    /// Returns `self` if some of the sockets `own` are found `there`: a path that leads to none
    /// from a directory of the process was bound from another one.
    pub(super) fn unless_missed(self, own: &[u32], there: &[u32]) -> Self {
        let is_missed = !own.is_empty() && !own.iter().any(|inode| there.contains(inode));
        match self {
            Self::PathIn(..) if is_missed => Self::Unknown,
            site => site,
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Returns the inodes of the sockets that clients reach there. There may be no such file.
    pub(super) fn sockets(
        &self,
        spaces: &[Diagnostics],
        listening: &[ListeningSocket],
    ) -> Vec<u32> {
        match self {
            Self::Path(path) => at_file(spaces, path, path),
            Self::PathIn(directory, path) => directory
                .hold(path)
                .map_or_else(|_| Vec::new(), |held| at_file(spaces, &held.path(), path)),
            Self::Network(address, network) => {
                let is_there = |socket: &&ListeningSocket| {
                    socket.place.network == *network && socket.place.address.is_same(address)
                };
                let there = listening.iter().filter(is_there);
                there.map(|socket| socket.inode).collect()
            }
            Self::Unknown => Vec::new(),
        }
    }
}

/// Returns the inodes of the sockets that were bound to the file at a path, by another path that
/// may have other directories.
fn at_file(spaces: &[Diagnostics], path: &Path, bound: &Path) -> Vec<u32> {
    let found = spaces.iter();
    let found = found.map(|space| listeners_of_file(space, path, bound.file_name()));
    found.filter_map(Result::ok).flatten().collect()
}
