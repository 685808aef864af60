//! The sockets that listen, of the processes that may be looked at.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::path::Path;

use super::held_sockets::sockets_of;
use super::paths::{attributes, stat};
use super::process::PinnedProcess;
use super::process_list::pids;
use super::socket_numbers::number;
use crate::platform::file_kind::FileKind;
use crate::platform::macos_forms::sockets::{Bound, SocketInfo, serving};
use crate::platform::types::{
    BoundFile, FileId, ListeningAddress, ListeningPlace, ListeningSocket,
};

/// The part of an inode number that is compared.
const LOW_HALF: u128 = 0xffff_ffff;

impl PinnedProcess {
    /// Returns the Unix and TCP sockets on which this process listens.
    pub(crate) fn listening_sockets(&self) -> io::Result<Vec<ListeningSocket>> {
        Ok(listening(&self.sockets()?))
    }

    /// Returns whether this process holds a listener that was bound by this path. `None` if
    /// that cannot be told, also if it holds one by a path with the same name.
    pub(crate) fn listens_at(&self, path: &Path) -> Option<bool> {
        let sockets = self.sockets().ok()?;
        let bound = || {
            sockets
                .iter()
                .filter_map(|socket| match &socket.listens_at {
                    Some(Bound::Path(bound)) => Some(bound),
                    _ => None,
                })
        };
        if bound().any(|bound| bound == path) {
            return Some(true);
        }
        let has_name = bound().any(|bound| bound.file_name() == path.file_name());
        (!has_name).then_some(false)
    }
}

/// Describes the sockets that listen.
pub(super) fn listening(sockets: &[SocketInfo]) -> Vec<ListeningSocket> {
    let described = sockets.iter().filter_map(|socket| {
        let address = match socket.listens_at.as_ref()? {
            Bound::Path(path) => ListeningAddress::Unix {
                path: path.to_string_lossy().into_owned(),
                file: file_at(path),
            },
            Bound::Tcp(address) => ListeningAddress::Tcp(*address),
        };
        Some(ListeningSocket {
            inode: number(socket.handle),
            place: ListeningPlace {
                address,
                network: None,
            },
        })
    });
    described.collect()
}

/// Returns the identity of the socket file that an absolute path names now: the system does
/// not tell to which file a socket is bound.
fn file_at(path: &Path) -> Option<FileId> {
    let found = attributes(path).ok().filter(|_| path.is_absolute())?;
    (found.kind == Some(FileKind::Socket)).then_some(FileId {
        inode: found.stat.id.inode & LOW_HALF,
        ..found.stat.id
    })
}

/// Returns the sockets that listen, of all processes that may be looked at.
pub(super) fn all_listening() -> Vec<ListeningSocket> {
    let sockets = pids().filter_map(|pid| sockets_of(pid).ok());
    let mut found: Vec<ListeningSocket> = Vec::new();
    for socket in sockets.flat_map(|sockets| listening(&sockets)) {
        // Several processes can hold one.
        if found.iter().all(|known| known.inode != socket.inode) {
            found.push(socket);
        }
    }
    found
}

/// A search for sockets that listen.
pub(crate) struct ListenerSearch {
    listening: Vec<ListeningSocket>,
}

impl ListenerSearch {
    /// Prepares a search. The processes of all users are searched as far as they may be looked
    /// at.
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
    pub(crate) fn new(_: Option<&PinnedProcess>) -> io::Result<Self> {
        Ok(Self {
            listening: all_listening(),
        })
    }

    /// Returns whether a recorded socket still listens.
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
    pub(crate) fn still_listens(&self, recorded: &ListeningSocket) -> io::Result<bool> {
        Ok(self.listening.iter().any(|socket| {
            socket.inode == recorded.inode && socket.place.address.is_same(&recorded.place.address)
        }))
    }

    /// Returns the numbers of the sockets that listen at the file with this path and name.
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
    pub(crate) fn at_file(&self, path: &Path, _: Option<&OsStr>) -> io::Result<Vec<u32>> {
        Ok(at_path(&self.listening, path))
    }

    /// Returns none: there are no names without files.
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "other systems ask the kernel"
    )]
    pub(crate) fn at_name(&self, _: &[u8], _: Option<u64>) -> io::Result<Vec<u32>> {
        Ok(Vec::new())
    }

    /// Returns the numbers of the sockets that get the connections to an address.
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
    pub(crate) fn at_address(&self, address: SocketAddr, _: Option<u64>) -> io::Result<Vec<u32>> {
        Ok(at_address(&self.listening, address))
    }
}

/// Returns the numbers of the sockets that listen by a path, or by another path to the same
/// file.
pub(super) fn at_path(listening: &[ListeningSocket], path: &Path) -> Vec<u32> {
    let file = stat(path).ok().map(|stat| stat.id);
    let is_it = |address: &ListeningAddress| match address {
        ListeningAddress::Unix { path: bound, .. } => {
            let bound = Path::new(bound);
            let leads_there = || stat(bound).ok().map(|stat| stat.id) == file;
            bound == path || file.is_some() && bound.is_absolute() && leads_there()
        }
        ListeningAddress::Tcp(_) => false,
    };
    let those = listening.iter().filter(|it| is_it(&it.place.address));
    those.map(|socket| socket.inode).collect()
}

/// Returns the numbers of the sockets that get the connections to an address.
pub(super) fn at_address(listening: &[ListeningSocket], address: SocketAddr) -> Vec<u32> {
    let tcp = listening.iter().filter_map(|it| match it.place.address {
        ListeningAddress::Tcp(bound) => Some((it.inode, bound)),
        ListeningAddress::Unix { .. } => None,
    });
    serving(&tcp.collect::<Vec<_>>(), address)
}

/// Returns the numbers of the sockets that listen at the path of a connection.
#[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
pub(crate) fn listener_inodes(
    _: BorrowedFd<'_>,
    _: Option<BoundFile>,
    (path, _): (&Path, Option<&OsStr>),
    _: Option<&PinnedProcess>,
) -> io::Result<Vec<u32>> {
    Ok(at_path(&all_listening(), path))
}
