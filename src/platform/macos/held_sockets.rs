//! The sockets that a process holds.
//!
//! The kernel names a socket by a handle, which no other socket has while it is open. It tells
//! them of the processes of the caller's user alone, and of all to root.

use std::collections::BTreeSet;
use std::ffi::c_int;
use std::io;

use nix::errno::Errno;
use nix::libc;

use super::process::PinnedProcess;
use super::socket_numbers::number;
use super::sys::process as sys;
use crate::platform::macos_forms::sockets::{
    DESCRIPTOR_LEN, SOCKET_LEN, SocketInfo, socket_descriptors, socket_info,
};

/// The flavor of `proc_pidfdinfo` for sockets.
const SOCKET: c_int = 3;

/// Room for descriptors when they are listed first.
const DESCRIPTORS: usize = 256;

/// Returns the sockets that the process with a PID holds now.
pub(super) fn sockets_of(pid: u32) -> io::Result<Vec<SocketInfo>> {
    let mut found = Vec::new();
    for descriptor in socket_descriptors(&descriptors(pid)?) {
        match socket_at(pid, descriptor) {
            Ok(socket) => found.push(socket),
            // It was closed since.
            Err(error) if error.raw_os_error() == Some(Errno::EBADF as i32) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Describes the socket of a descriptor of a process.
pub(super) fn socket_at(pid: u32, descriptor: c_int) -> io::Result<SocketInfo> {
    let bytes = sys::descriptor_info(pid, descriptor, SOCKET, SOCKET_LEN)?;
    socket_info(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn descriptors(pid: u32) -> io::Result<Vec<u8>> {
    let mut size = DESCRIPTORS * DESCRIPTOR_LEN;
    loop {
        let list = sys::pid_info(pid, libc::PROC_PIDLISTFDS, 0, size)?;
        // A list that fills the buffer may go on.
        if list.len() + DESCRIPTOR_LEN <= size {
            return Ok(list);
        }
        size *= 2;
    }
}

impl PinnedProcess {
    /// Returns the sockets that this process holds.
    pub(super) fn sockets(&self) -> io::Result<Vec<SocketInfo>> {
        self.looked(sockets_of(self.pid()))
    }

    /// Returns the numbers of the sockets that this process holds.
    pub(crate) fn socket_inodes(&self) -> io::Result<BTreeSet<u32>> {
        let sockets = self.sockets()?;
        Ok(sockets.iter().map(|socket| number(socket.handle)).collect())
    }

    /// Returns whether this process holds one of these sockets.
    pub(crate) fn holds_socket(&self, inodes: &[u32]) -> io::Result<bool> {
        let held = self.socket_inodes()?;
        Ok(inodes.iter().any(|inode| held.contains(inode)))
    }
}
