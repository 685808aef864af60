//! The listening sockets of a recorded process.

use std::io;
use std::net::SocketAddr;

use super::fields::MAX_ELEMENTS;
use super::listener::{RecordedListener, TcpListenerRecord, UnixListenerRecord};
use super::record::ProcessRecord;
use super::verify_error::{Gone, VerifyError};
use crate::platform::{FileId, ListeningAddress, ListeningPlace, ListeningSocket};

impl ProcessRecord {
    /// Adds the Unix and TCP sockets on which the process listens now: the first 1,024 of them,
    /// because a record holds no more. Nothing is connected to. Linux: by
    /// [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html), in the network
    /// namespace of the process.
    ///
    /// # Errors
    ///
    /// As [`Self::verify`], and [`VerifyError::NotPermitted`] if the caller may not look at
    /// the descriptors of the process.
    pub fn with_listeners(mut self) -> Result<Self, VerifyError> {
        let process = self.verify()?;
        let sockets = process
            .listening_sockets()
            .map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => VerifyError::NotPermitted {
                    pid: self.process.pid,
                },
                _ if !process.is_alive() => VerifyError::Gone(Gone::Exited),
                _ => error.into(),
            })?;
        if !process.is_alive() {
            return Err(VerifyError::Gone(Gone::Exited));
        }
        let sockets = sockets.into_iter().take(MAX_ELEMENTS);
        self.listeners = sockets.map(RecordedListener::from).collect();
        Ok(self)
    }
}

impl From<ListeningSocket> for RecordedListener {
    fn from(socket: ListeningSocket) -> Self {
        let socket_inode = socket.inode.into();
        let ListeningPlace { address, network } = socket.place;
        match address {
            ListeningAddress::Unix { path, file } => Self::Unix(UnixListenerRecord {
                path,
                device: file.map(|file| file.device),
                inode: file.and_then(|file| file.inode.try_into().ok()),
                socket_inode,
                network_namespace: network.filter(|_| file.is_none()),
            }),
            ListeningAddress::Tcp(address) => Self::Tcp(TcpListenerRecord {
                address: address.ip(),
                port: address.port(),
                socket_inode,
                network_namespace: network,
            }),
        }
    }
}

impl RecordedListener {
    /// Returns the socket; `None` if it is of an unknown kind, or has an inode number that no
    /// socket has.
    pub(crate) fn to_socket(&self) -> Option<ListeningSocket> {
        let (socket_inode, address, network) = match self {
            Self::Unix(socket) => {
                let id = |(device, inode): (u64, u64)| FileId {
                    device,
                    inode: inode.into(),
                };
                let path = socket.path.clone();
                let file = socket.device.zip(socket.inode).map(id);
                let address = ListeningAddress::Unix { path, file };
                (socket.socket_inode, address, socket.network_namespace)
            }
            Self::Tcp(socket) => {
                let address = SocketAddr::new(socket.address, socket.port);
                let address = ListeningAddress::Tcp(address);
                (socket.socket_inode, address, socket.network_namespace)
            }
            Self::Unknown => return None,
        };
        let inode = socket_inode.try_into().ok()?;
        let place = ListeningPlace { address, network };
        Some(ListeningSocket { inode, place })
    }
}
