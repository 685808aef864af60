//! The sockets on which a process listens, by
//! [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html).

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;

use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, SocketId, StateFlags};
use netlink_packet_sock_diag::unix::nlas::{Nla, UnixDiagName};
use netlink_packet_sock_diag::unix::{ShowFlags, UnixResponse};
use netlink_packet_sock_diag::{AF_INET, AF_INET6, IPPROTO_TCP, TCP_LISTEN};
use rustix::fs::makedev;

use super::diagnostics::{file_of, one};
use super::files::file_id;
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use crate::platform::types::{ListeningAddress, ListeningSocket};

/// The length of the minor number in the kernel's encoding of a device number.
const MINOR_BITS: u32 = 20;

impl PinnedProcess {
    /// Returns the Unix and TCP sockets on which this process listens, in its own network
    /// namespace.
    ///
    /// Its descriptors are listed, by
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html). The kernel
    /// is asked for Unix sockets by their inodes, and for TCP sockets that listen, because
    /// it does not find those by inode.
    pub(crate) fn listening_sockets(&self) -> io::Result<Vec<ListeningSocket>> {
        let inodes = self.socket_inodes()?;
        if inodes.is_empty() {
            return Ok(Vec::new());
        }
        let diagnostics = match Diagnostics::of_process(self)? {
            Some(theirs) => theirs,
            None => Diagnostics::new()?,
        };
        let mut rest = inodes;
        let mut found = tcp_listeners(&diagnostics, &rest)?;
        for socket in &found {
            rest.remove(&socket.inode);
        }
        for inode in rest {
            match diagnostics.socket(one(inode, ShowFlags::NAME | ShowFlags::VFS)) {
                Ok(socket) => found.extend(socket.as_ref().and_then(unix_listener)),
                // It is no Unix socket, or it was closed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

fn tcp_listeners(
    diagnostics: &Diagnostics,
    inodes: &BTreeSet<u32>,
) -> io::Result<Vec<ListeningSocket>> {
    let mut found = Vec::new();
    for (family, socket_id) in [
        (AF_INET, SocketId::new_v4()),
        (AF_INET6, SocketId::new_v6()),
    ] {
        let answers = diagnostics.tcp_sockets(InetRequest {
            family,
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::empty(),
            states: StateFlags::LISTEN,
            socket_id,
        });
        let answers = match answers {
            // A kernel without IPv6 has no such sockets.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            answers => answers?,
        };
        let held = answers
            .into_iter()
            .filter(|answer| inodes.contains(&answer.header.inode));
        found.extend(held.map(|answer| {
            let id = answer.header.socket_id;
            ListeningSocket {
                inode: answer.header.inode,
                address: ListeningAddress::Tcp(SocketAddr::new(id.source_address, id.source_port)),
            }
        }));
    }
    Ok(found)
}

/// Describes a Unix socket; `None` if it does not listen, or has no name.
fn unix_listener(socket: &UnixResponse) -> Option<ListeningSocket> {
    if socket.header.state != TCP_LISTEN {
        return None;
    }
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
    Some(ListeningSocket {
        inode: socket.header.inode,
        address: ListeningAddress::Unix { path, file },
    })
}
