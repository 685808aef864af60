//! Whether recorded sockets still listen, by
//! [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html). Nothing is
//! connected to.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use netlink_packet_sock_diag::inet::{
    ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags,
};
use netlink_packet_sock_diag::unix::ShowFlags;
use netlink_packet_sock_diag::{AF_INET, AF_INET6, IPPROTO_TCP, TCP_LISTEN};

use super::diagnostics::{NO_COOKIE, listeners_of_file, one};
use super::held_listeners::{tcp_listener, tcp_listeners, unix_listener};
use super::listener_holders::{listeners_of_name, serving};
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use crate::platform::types::{ListeningAddress, ListeningSocket};

/// Socket diagnostics of the network namespaces in which a process may listen: its own, and
/// that of the caller.
pub(crate) struct ListenerSearch {
    spaces: Vec<Diagnostics>,
    /// Whether the first one is that of the process.
    is_of_process: bool,
}

impl ListenerSearch {
    /// Prepares a search; only in the network namespace of the caller without a process.
    pub(crate) fn new(process: Option<&PinnedProcess>) -> io::Result<Self> {
        let theirs = process.map_or(Ok(None), Diagnostics::of_process)?;
        let ours = Diagnostics::new()?;
        Ok(Self {
            spaces: theirs.into_iter().chain([ours]).collect(),
            is_of_process: process.is_some(),
        })
    }

    /// Returns whether a recorded socket still listens. The kernel is asked for this one
    /// socket; for all that listen at its port only if several share the address.
    pub(crate) fn still_listens(&self, recorded: &ListeningSocket) -> io::Result<bool> {
        for diagnostics in &self.spaces {
            let listens = match &recorded.place.address {
                ListeningAddress::Unix { .. } => has_unix_listener(diagnostics, recorded)?,
                ListeningAddress::Tcp(address) => {
                    has_tcp_listener(diagnostics, *address, recorded)?
                }
            };
            if listens {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the inodes of the sockets that listen at the file with this path and name.
    pub(crate) fn at_file(&self, path: &Path, name: Option<&OsStr>) -> io::Result<Vec<u32>> {
        for diagnostics in &self.spaces {
            match listeners_of_file(diagnostics, path, name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                found => {
                    let found = found?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
            }
        }
        Ok(Vec::new())
    }

    /// Returns the inodes of the sockets that listen at a name in the abstract namespace of the
    /// recorded network namespace, or of that of the process.
    pub(crate) fn at_name(&self, name: &[u8], network: Option<u64>) -> io::Result<Vec<u32>> {
        listeners_of_name(self.space(network)?, name)
    }

    /// Returns the inodes of the sockets that get the connections to an address in the recorded
    /// network namespace, or in that of the process.
    pub(crate) fn at_address(
        &self,
        address: SocketAddr,
        network: Option<u64>,
    ) -> io::Result<Vec<u32>> {
        let sockets = tcp_listeners(self.space(network)?, address.port())?;
        Ok(serving(&sockets, address.ip()))
    }

    /// Returns the recorded network namespace; if none is recorded, that of the process.
    fn space(&self, network: Option<u64>) -> io::Result<&Diagnostics> {
        let mut spaces = self.spaces.iter();
        let found = match network {
            Some(_) => spaces.find(|diagnostics| diagnostics.network == network),
            None => spaces.next().filter(|_| self.is_of_process),
        };
        found.ok_or_else(|| {
            io::Error::other(match network {
                Some(_) => "it listened in a network namespace that is not that of this process",
                None => "the record does not say in which network namespace it listened",
            })
        })
    }
}

fn has_unix_listener(diagnostics: &Diagnostics, recorded: &ListeningSocket) -> io::Result<bool> {
    let request = one(recorded.inode, ShowFlags::NAME | ShowFlags::VFS);
    let socket = match diagnostics.socket(request) {
        Ok(socket) => socket.filter(|socket| socket.header.state == TCP_LISTEN),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let found = socket.as_ref().and_then(unix_listener);
    Ok(found.is_some_and(|(_, address)| is_same_place(&address, &recorded.place.address)))
}

/// Returns whether a socket is bound to the recorded path, and to the recorded file if the
/// record has it.
fn is_same_place(found: &ListeningAddress, recorded: &ListeningAddress) -> bool {
    match (found, recorded) {
        (
            ListeningAddress::Unix { path, file },
            ListeningAddress::Unix {
                path: recorded,
                file: recorded_file,
            },
        ) => path == recorded && recorded_file.is_none_or(|recorded| Some(recorded) == *file),
        _ => false,
    }
}

fn has_tcp_listener(
    diagnostics: &Diagnostics,
    address: SocketAddr,
    recorded: &ListeningSocket,
) -> io::Result<bool> {
    let (family, unspecified) = match address {
        SocketAddr::V4(_) => (AF_INET, SocketId::new_v4()),
        SocketAddr::V6(_) => (AF_INET6, SocketId::new_v6()),
    };
    let exact = diagnostics.tcp_socket(InetRequest {
        family,
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::empty(),
        states: StateFlags::LISTEN,
        socket_id: SocketId {
            source_address: address.ip(),
            source_port: address.port(),
            cookie: NO_COOKIE,
            ..unspecified
        },
    });
    let is_it = |socket: &InetResponse| {
        let (inode, address) = tcp_listener(socket);
        inode == recorded.inode && address == recorded.place.address
    };
    match exact {
        Ok(Some(socket)) if is_it(&socket) => return Ok(true),
        // Several sockets share the address, or it is bound to a network interface.
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let sockets = tcp_listeners(diagnostics, address.port())?;
    Ok(sockets.iter().any(is_it))
}
