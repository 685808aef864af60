//! Socket diagnostics, by
//! [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html): the socket at
//! the other end of a connection, and the listeners.

use std::ffi::OsStr;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use netlink_packet_core::Emitable;
use netlink_packet_sock_diag::unix::nlas::{Nla, UnixDiagName, Vfs};
use netlink_packet_sock_diag::unix::{ShowFlags, StateFlags, UnixRequest, UnixResponse};

use super::netlink::Diagnostics;
use super::paths::stat;
use super::process::PinnedProcess;
use crate::platform::types::{BoundFile, FileId};

/// The cookie that matches every socket.
pub(super) const NO_COOKIE: [u8; 8] = [0xff; 8];

/// Returns the inode of the socket at the other end of a connected one.
pub(crate) fn peer_inode(socket: BorrowedFd<'_>) -> io::Result<Option<u32>> {
    let inode = rustix::fs::fstat(socket)?.st_ino;
    let request = one(low_half(inode), ShowFlags::PEER);
    let answer = Diagnostics::new()?.socket(request)?;
    let attributes = answer.into_iter().flat_map(|answer| answer.nlas);
    let mut inodes = attributes.filter_map(|attribute| match attribute {
        Nla::Peer(inode) => Some(inode),
        _ => None,
    });
    Ok(inodes.next())
}

/// Returns the inode of the listener in whose queue a connection waits to be accepted.
///
/// If it is in no queue, returns those of the listeners that are bound to `file`, or else
/// to the file at `path`, which was bound by a path with this last name. They are looked for in the network namespace of this process,
/// and then in that of `process`.
pub(crate) fn listener_inodes(
    client: BorrowedFd<'_>,
    file: Option<BoundFile>,
    (path, name): (&Path, Option<&OsStr>),
    process: Option<&PinnedProcess>,
) -> io::Result<Vec<u32>> {
    let client = low_half(rustix::fs::fstat(client)?.st_ino);
    let ours = Diagnostics::new()?;
    let file = match file {
        Some(file) => Some(Sought::Bound(file)),
        None => stat(path).ok().map(|stat| Sought::Path(stat.id, name)),
    };
    let found = listeners(&ours, client, file.as_ref())?;
    match process {
        Some(process) if found.is_empty() => match Diagnostics::of_process(process)? {
            Some(theirs) => listeners(&theirs, client, file.as_ref()),
            None => Ok(found),
        },
        _ => Ok(found),
    }
}

/// Returns the file to which the socket with this inode is bound. An accepted socket is
/// bound to that of its listener. `None` if there is no such socket any more.
pub(crate) fn bound_file(inode: u32) -> io::Result<Option<BoundFile>> {
    match Diagnostics::new()?.socket(one(inode, ShowFlags::VFS)) {
        Ok(socket) => Ok(socket.and_then(|socket| file_of(&socket))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file to which a listener is bound.
enum Sought<'a> {
    Bound(BoundFile),
    Path(FileId, Option<&'a OsStr>),
}

fn listeners(
    diagnostics: &Diagnostics,
    client: u32,
    file: Option<&Sought<'_>>,
) -> io::Result<Vec<u32>> {
    let answers = unix_listeners(
        diagnostics,
        ShowFlags::VFS | ShowFlags::NAME | ShowFlags::ICONS,
    )?;
    let queues_it = |answer: &&UnixResponse| {
        answer
            .pending_connections()
            .is_some_and(|clients| clients.contains(&client))
    };
    let inode = |answer: &UnixResponse| answer.header.inode;
    if let Some(listener) = answers.iter().find(queues_it) {
        return Ok(vec![inode(listener)]);
    }
    Ok(file.map_or_else(Vec::new, |file| file.among(&answers)))
}

/// Returns the listeners that are bound to the file at a path. It was bound by a path with
/// this last name.
pub(super) fn listeners_of_file(
    diagnostics: &Diagnostics,
    path: &Path,
    name: Option<&OsStr>,
) -> io::Result<Vec<u32>> {
    let file = Sought::Path(stat(path)?.id, name);
    let answers = unix_listeners(diagnostics, ShowFlags::VFS | ShowFlags::NAME)?;
    Ok(file.among(&answers))
}

/// Returns all Unix sockets that listen; the kernel leaves out the others.
pub(super) fn unix_listeners(
    diagnostics: &Diagnostics,
    show_flags: ShowFlags,
) -> io::Result<Vec<UnixResponse>> {
    diagnostics.sockets(UnixRequest {
        state_flags: StateFlags::LISTEN,
        inode: 0,
        show_flags,
        cookie: [0; 8],
    })
}

impl Sought<'_> {
    /// Returns the inodes of the sockets that are bound to the file. Some file systems report one
    /// device to stat(2) and another here, so a matching name replaces a matching device, if no
    /// device matches: another file system, mounted over the first one, may have the same
    /// inode number at the same path. The directories in the name may be those of another root.
    fn among(&self, sockets: &[UnixResponse]) -> Vec<u32> {
        let inodes = |is_meant: &dyn Fn(&UnixResponse, BoundFile) -> bool| {
            let meant = sockets.iter().filter(|socket| {
                let bound = file_of(socket);
                bound.is_some_and(|bound| is_meant(socket, bound))
            });
            meant.map(|socket| socket.header.inode).collect::<Vec<_>>()
        };
        match self {
            Self::Bound(file) => inodes(&|_, bound| bound == *file),
            Self::Path(file, name) => {
                let inode = u64::try_from(file.inode & u128::from(u32::MAX)).map_or(0, low_half);
                let device = kernel_device(file.device);
                let exact = inodes(&|_, bound| bound == BoundFile { inode, device });
                if exact.is_empty() {
                    inodes(&|socket, bound| bound.inode == inode && is_named(socket, *name))
                } else {
                    exact
                }
            }
        }
    }
}

fn is_named(socket: &UnixResponse, wanted: Option<&OsStr>) -> bool {
    socket.nlas.iter().any(|attribute| {
        matches!(
            attribute,
            Nla::Name(UnixDiagName::Pathname(name))
                if Path::new(name).file_name() == wanted
        )
    })
}

/// Returns the file that a socket is bound to.
pub(super) fn file_of(socket: &UnixResponse) -> Option<BoundFile> {
    socket.nlas.iter().find_map(|attribute| match attribute {
        Nla::Vfs(vfs) => Some(numbers_of(vfs)),
        _ => None,
    })
}

pub(super) fn one(inode: u32, show_flags: ShowFlags) -> UnixRequest {
    UnixRequest {
        state_flags: StateFlags::empty(),
        inode,
        show_flags,
        cookie: NO_COOKIE,
    }
}

fn numbers_of(vfs: &Vfs) -> BoundFile {
    let mut bytes = [0; 8];
    vfs.emit(&mut bytes);
    let half = |range| <[u8; 4]>::try_from(&bytes[range]).map_or(0, u32::from_ne_bytes);
    BoundFile {
        inode: half(0..4),
        device: half(4..8),
    }
}

/// Returns the part of an inode number that socket diagnostics contain.
pub(super) fn low_half(inode: u64) -> u32 {
    u32::try_from(inode & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Returns a device number in the encoding of the kernel.
fn kernel_device(device: u64) -> u32 {
    (rustix::fs::major(device) << 20) | rustix::fs::minor(device)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;

    #[test]
    fn the_kernel_names_the_accepted_socket_and_the_listener() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let (server, _) = listener.accept().unwrap();

        let inode = |fd: BorrowedFd<'_>| low_half(rustix::fs::fstat(fd).unwrap().st_ino);
        assert_eq!(
            peer_inode(client.as_fd()).unwrap(),
            Some(inode(server.as_fd()))
        );
        let this = PinnedProcess::open(std::process::id()).unwrap();
        let listeners =
            listener_inodes(client.as_fd(), None, (&path, path.file_name()), Some(&this));
        assert_eq!(listeners.unwrap(), [inode(listener.as_fd())]);
    }

    #[test]
    fn the_kernel_names_the_listener_of_a_connection() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let other = UnixListener::bind(&path).unwrap();

        let inode = |fd: BorrowedFd<'_>| low_half(rustix::fs::fstat(fd).unwrap().st_ino);
        let this = PinnedProcess::open(std::process::id()).unwrap();
        let found = || {
            listener_inodes(client.as_fd(), None, (&path, path.file_name()), Some(&this)).unwrap()
        };
        assert_eq!(found(), [inode(listener.as_fd())]);
        let (server, _) = listener.accept().unwrap();
        let file = bound_file(inode(server.as_fd())).unwrap();
        let listeners =
            listener_inodes(client.as_fd(), file, (&path, path.file_name()), Some(&this)).unwrap();
        assert_eq!(listeners, [inode(listener.as_fd())]);
        drop(server);
        assert_eq!(found(), [inode(other.as_fd())]);
    }
}
