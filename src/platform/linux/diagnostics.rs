//! Socket diagnostics, by
//! [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html): the socket at
//! the other end of a connection, and the listeners.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use netlink_packet_core::{
    Emitable, NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::unix::nlas::{Nla, UnixDiagName, Vfs};
use netlink_packet_sock_diag::unix::{ShowFlags, StateFlags, UnixRequest, UnixResponse};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use netlink_sys::{Socket, SocketAddr};

use super::files::stat;

/// The cookie that matches every socket.
const NO_COOKIE: [u8; 8] = [0xff; 8];

/// Returns the inode of the socket at the other end of a connected one.
pub(crate) fn peer_inode(socket: BorrowedFd<'_>) -> io::Result<Option<u32>> {
    let inode = rustix::fs::fstat(socket)?.st_ino;
    let request = UnixRequest {
        state_flags: StateFlags::empty(),
        inode: low_half(inode),
        show_flags: ShowFlags::PEER,
        cookie: NO_COOKIE,
    };
    let answers = diagnose(request, NLM_F_REQUEST)?;
    Ok(answers
        .into_iter()
        .flat_map(|answer| answer.nlas)
        .find_map(|nla| match nla {
            Nla::Peer(inode) => Some(inode),
            _ => None,
        }))
}

/// Returns the inode of the listener in whose queue a connection waits to be accepted. If
/// it is in no queue, returns those of the listeners at a path.
pub(crate) fn listener_inodes(client: BorrowedFd<'_>, path: &Path) -> io::Result<Vec<u32>> {
    let client = low_half(rustix::fs::fstat(client)?.st_ino);
    let file = stat(path).map(|stat| stat.id);
    let request = UnixRequest {
        state_flags: StateFlags::LISTEN,
        inode: 0,
        show_flags: ShowFlags::VFS | ShowFlags::NAME | ShowFlags::ICONS,
        cookie: [0; 8],
    };
    let queues_it = |answer: &UnixResponse| {
        answer
            .pending_connections()
            .is_some_and(|clients| clients.contains(&client))
    };
    let listens_here = |answer: &UnixResponse| {
        let named = answer.nlas.iter().any(
            |nla| matches!(nla, Nla::Name(UnixDiagName::Pathname(name)) if Path::new(name) == path),
        );
        answer.nlas.iter().any(|nla| {
            // Some file systems report one device to stat(2) and another here, so a
            // matching name replaces a matching device.
            let (Nla::Vfs(vfs), Ok(file)) = (nla, &file) else {
                return false;
            };
            let (inode, device) = numbers_of(vfs);
            u128::from(inode) == file.inode & u128::from(u32::MAX)
                && (named || device == kernel_device(file.device))
        })
    };
    let answers = diagnose(request, NLM_F_REQUEST | NLM_F_DUMP)?;
    let inode = |answer: &UnixResponse| answer.header.inode;
    if let Some(listener) = answers.iter().find(|answer| queues_it(answer)) {
        return Ok(vec![inode(listener)]);
    }
    let here = answers.iter().filter(|answer| listens_here(answer));
    Ok(here.map(inode).collect())
}

/// Returns the inode and device of the file that a socket is bound to, each of 32 bits.
fn numbers_of(vfs: &Vfs) -> (u32, u32) {
    let mut bytes = [0; 8];
    vfs.emit(&mut bytes);
    let half = |range| <[u8; 4]>::try_from(&bytes[range]).map_or(0, u32::from_ne_bytes);
    (half(0..4), half(4..8))
}

/// Returns the part of an inode number that socket diagnostics contain.
fn low_half(inode: u64) -> u32 {
    u32::try_from(inode & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Returns a device number in the encoding of the kernel.
fn kernel_device(device: u64) -> u32 {
    (rustix::fs::major(device) << 20) | rustix::fs::minor(device)
}

fn diagnose(request: UnixRequest, flags: u16) -> io::Result<Vec<UnixResponse>> {
    let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;

    let mut header = NetlinkHeader::default();
    header.flags = flags;
    let mut message = NetlinkMessage::new(header, SockDiagMessage::UnixRequest(request).into());
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;

    let mut answers = Vec::new();
    loop {
        let (datagram, _) = socket.recv_from_full()?;
        let mut rest = datagram.as_slice();
        while !rest.is_empty() {
            let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
            // Messages are padded to four bytes.
            let length = (message.header.length as usize).next_multiple_of(4);
            match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::UnixResponse(answer)) => {
                    answers.push(*answer);
                }
                NetlinkPayload::Done(_) => return Ok(answers),
                NetlinkPayload::Error(error) if error.code.is_none() => return Ok(answers),
                NetlinkPayload::Error(error) => return Err(error.to_io()),
                _ => {}
            }
            rest = rest.get(length.max(1)..).unwrap_or_default();
        }
        if flags & NLM_F_DUMP != NLM_F_DUMP {
            return Ok(answers);
        }
    }
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
        let listeners = listener_inodes(client.as_fd(), &path);
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
        let found = || listener_inodes(client.as_fd(), &path).unwrap();
        assert_eq!(found(), [inode(listener.as_fd())]);
        drop(listener.accept().unwrap());
        assert_eq!(found(), [inode(other.as_fd())]);
    }
}
