//! The netlink sockets of socket diagnostics, in any network namespace.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;

use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::inet::{InetRequest, InetResponse};
use netlink_packet_sock_diag::unix::{UnixRequest, UnixResponse};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use netlink_sys::{Socket, SocketAddr};
use rustix::fs::{Mode, OFlags, fstat, openat, stat};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::process::PinnedProcess;

/// Socket diagnostics of one network namespace.
#[derive(Debug)]
pub(super) struct Diagnostics {
    socket: Socket,
    /// The inode number of the network namespace; `None` if `/proc` does not show it.
    pub(super) network: Option<u64>,
}

impl Diagnostics {
    /// Opens those of the network namespace of this process.
    pub(super) fn new() -> io::Result<Self> {
        let socket = Socket::new(NETLINK_SOCK_DIAG)?;
        // This binds it, too, and no message of another process is received then.
        socket.connect(&SocketAddr::new(0, 0))?;
        let network = stat("/proc/thread-self/ns/net").ok();
        let network = network.map(|network| network.st_ino);
        Ok(Self { socket, network })
    }

    /// Opens those of the network namespace of another process, by
    /// [setns(2)](https://man7.org/linux/man-pages/man2/setns.2.html); `None` if it is that
    /// of this one.
    ///
    /// A socket stays in the namespace in which it was made, so only the thread that makes
    /// it enters that namespace, and ends.
    pub(super) fn of_process(process: &PinnedProcess) -> io::Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let theirs = process
            .in_living_thread(|directory| openat(directory, "ns/net", flags, Mode::empty()))?;
        let (their_stat, our_stat) = (fstat(&theirs)?, stat("/proc/thread-self/ns/net")?);
        if (their_stat.st_dev, their_stat.st_ino) == (our_stat.st_dev, our_stat.st_ino) {
            return Ok(None);
        }
        let inside = || Self::inside(theirs.as_fd());
        thread::scope(|scope| {
            let thread = thread::Builder::new().spawn_scoped(scope, inside)?;
            let ended = |_| io::Error::other("the thread in its network namespace ended");
            thread.join().map_err(ended)?.map(Some)
        })
    }

    /// Moves the calling thread into a network namespace and opens a socket there.
    fn inside(namespace: BorrowedFd<'_>) -> io::Result<Self> {
        move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network))?;
        Self::new()
    }

    /// Returns the socket with the inode of the request.
    pub(super) fn socket(&self, request: UnixRequest) -> io::Result<Option<UnixResponse>> {
        let answers = self.ask(SockDiagMessage::UnixRequest(request), NLM_F_REQUEST)?;
        Ok(answers.into_iter().find_map(as_unix))
    }

    /// Returns all sockets that match a request.
    pub(super) fn sockets(&self, request: UnixRequest) -> io::Result<Vec<UnixResponse>> {
        let flags = NLM_F_REQUEST | NLM_F_DUMP;
        let answers = self.ask(SockDiagMessage::UnixRequest(request), flags)?;
        Ok(answers.into_iter().filter_map(as_unix).collect())
    }

    /// Returns the TCP socket with the address of the request.
    pub(super) fn tcp_socket(&self, request: InetRequest) -> io::Result<Option<InetResponse>> {
        let answers = self.ask(SockDiagMessage::InetRequest(request), NLM_F_REQUEST)?;
        Ok(answers.into_iter().find_map(as_inet))
    }

    /// Returns all TCP sockets that match a request.
    pub(super) fn tcp_sockets(&self, request: InetRequest) -> io::Result<Vec<InetResponse>> {
        let flags = NLM_F_REQUEST | NLM_F_DUMP;
        let answers = self.ask(SockDiagMessage::InetRequest(request), flags)?;
        Ok(answers.into_iter().filter_map(as_inet).collect())
    }

    fn ask(&self, request: SockDiagMessage, flags: u16) -> io::Result<Vec<SockDiagMessage>> {
        let mut header = NetlinkHeader::default();
        header.flags = flags;
        let mut message = NetlinkMessage::new(header, request.into());
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;

        let mut answers = Vec::new();
        loop {
            let (datagram, _) = self.socket.recv_from_full()?;
            if collect(&datagram, &mut answers)? || flags & NLM_F_DUMP != NLM_F_DUMP {
                return Ok(answers);
            }
        }
    }
}

fn as_unix(answer: SockDiagMessage) -> Option<UnixResponse> {
    match answer {
        SockDiagMessage::UnixResponse(answer) => Some(*answer),
        _ => None,
    }
}

fn as_inet(answer: SockDiagMessage) -> Option<InetResponse> {
    match answer {
        SockDiagMessage::InetResponse(answer) => Some(*answer),
        _ => None,
    }
}

/// Adds the sockets in a datagram to `answers`. Returns whether it ends the answer.
fn collect(datagram: &[u8], answers: &mut Vec<SockDiagMessage>) -> io::Result<bool> {
    let mut rest = datagram;
    while !rest.is_empty() {
        let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        // Messages are padded to four bytes.
        let length = (message.header.length as usize).next_multiple_of(4);
        match message.payload {
            NetlinkPayload::InnerMessage(answer) => answers.push(answer),
            NetlinkPayload::Done(_) => return Ok(true),
            NetlinkPayload::Error(error) if error.code.is_none() => return Ok(true),
            NetlinkPayload::Error(error) => return Err(error.to_io()),
            _ => {}
        }
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    Ok(false)
}
