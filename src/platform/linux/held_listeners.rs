//! The sockets on which a process listens, by
//! [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html).

use std::io;
use std::net::SocketAddr;

use netlink_packet_sock_diag::inet::{
    ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags,
};
use netlink_packet_sock_diag::unix::nlas::{Nla, UnixDiagName};
use netlink_packet_sock_diag::unix::{ShowFlags, UnixResponse};
use netlink_packet_sock_diag::{AF_INET, AF_INET6, IPPROTO_TCP};
use rustix::fs::makedev;

use super::diagnostics::{file_of, unix_listeners};
use super::files::file_id;
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use crate::platform::types::{ListeningAddress, ListeningPlace, ListeningSocket};

/// The length of the minor number in the kernel's encoding of a device number.
const MINOR_BITS: u32 = 20;

impl PinnedProcess {
    /// Returns the Unix and TCP sockets on which this process listens, in its own network
    /// namespace and in that of the caller: a supervisor in another one may have made them.
    ///
    /// Its descriptors are listed, by
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html). The kernel
    /// is asked for the sockets that listen and for no others: it finds TCP sockets by no
    /// inode, and a Unix socket by its inode only after a walk over all of them.
    pub(crate) fn listening_sockets(&self) -> io::Result<Vec<ListeningSocket>> {
        let inodes = self.socket_inodes()?;
        if inodes.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = all_listening(&self.socket_diagnostics()?)?;
        found.retain(|socket| inodes.contains(&socket.inode));
        Ok(found)
    }

    /// Opens the socket diagnostics of the network namespaces of this process and of the caller.
    pub(super) fn socket_diagnostics(&self) -> io::Result<Vec<Diagnostics>> {
        let theirs = Diagnostics::of_process(self)?;
        Ok(theirs.into_iter().chain([Diagnostics::new()?]).collect())
    }
}

/// Returns the Unix and TCP sockets that listen in these network namespaces.
pub(super) fn all_listening(spaces: &[Diagnostics]) -> io::Result<Vec<ListeningSocket>> {
    let mut found = Vec::new();
    for diagnostics in spaces {
        let tcp = tcp_listeners(diagnostics, 0)?;
        let tcp = tcp.iter().map(tcp_listener);
        let answers = unix_listeners(diagnostics, ShowFlags::NAME | ShowFlags::VFS)?;
        let unix = answers.iter().filter_map(unix_listener);
        let network = diagnostics.network;
        found.extend(tcp.chain(unix).map(|(inode, address)| ListeningSocket {
            inode,
            place: ListeningPlace { address, network },
        }));
    }
    Ok(found)
}

/// Returns the TCP sockets that listen at a port; at any port if it is 0.
pub(super) fn tcp_listeners(diagnostics: &Diagnostics, port: u16) -> io::Result<Vec<InetResponse>> {
    let mut found = Vec::new();
    for (family, mut socket_id) in [
        (AF_INET, SocketId::new_v4()),
        (AF_INET6, SocketId::new_v6()),
    ] {
        socket_id.source_port = port;
        let answers = diagnostics.tcp_sockets(InetRequest {
            family,
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::empty(),
            states: StateFlags::LISTEN,
            socket_id,
        });
        match answers {
            // A kernel without IPv6 has no such sockets.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            answers => found.extend(answers?),
        }
    }
    Ok(found)
}

/// Returns the inode number and the address of a TCP socket that listens.
pub(super) fn tcp_listener(socket: &InetResponse) -> (u32, ListeningAddress) {
    let id = &socket.header.socket_id;
    let address = SocketAddr::new(id.source_address, id.source_port);
    (socket.header.inode, ListeningAddress::Tcp(address))
}

/// Returns the inode number and the address of a Unix socket that listens; `None` if it has no
/// name.
pub(super) fn unix_listener(socket: &UnixResponse) -> Option<(u32, ListeningAddress)> {
    let path = socket.nlas.iter().find_map(|attribute| match attribute {
        Nla::Name(UnixDiagName::Pathname(path)) => Some(path.to_string_lossy().into_owned()),
        Nla::Name(UnixDiagName::Abstract(name)) => {
            Some(format!("@{}", String::from_utf8_lossy(name)))
        }
        _ => None,
    })?;
    let file = file_of(socket).filter(|_| !path.starts_with('@'));
    let file = file.map(|file| {
        let device = makedev(
            file.device >> MINOR_BITS,
            file.device & ((1 << MINOR_BITS) - 1),
        );
        file_id(device, file.inode.into())
    });
    Some((socket.header.inode, ListeningAddress::Unix { path, file }))
}
