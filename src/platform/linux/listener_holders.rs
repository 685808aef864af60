//! The processes that hold the listener at an address, by
//! [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html) and
//! [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::AsFd;

use netlink_packet_sock_diag::inet::InetResponse;
use netlink_packet_sock_diag::inet::nlas::Nla as InetNla;
use netlink_packet_sock_diag::unix::ShowFlags;
use netlink_packet_sock_diag::unix::nlas::{Nla, UnixDiagName};
use rustix::fs::{AtFlags, Mode, OFlags, open, statat};
use rustix::io::Errno;

use super::descriptors::any_socket;
use super::diagnostics::{listeners_of_file, unix_listeners};
use super::held_listeners::tcp_listeners;
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use super::{proc, rights};
use crate::platform::types::{ListenerHolders, ListenerPlace, MissingRight, PinError};

/// Returns the processes that hold the sockets that listen at a place, in the network
/// namespace of the calling process, which is not one of them.
///
/// # Errors
///
/// [`PinError::ForeignProc`] or [`PinError::Io`].
pub(crate) fn listener_holders(
    place: &ListenerPlace,
) -> Result<ListenerHolders<PinnedProcess>, PinError> {
    let inodes = inodes_at(place).map_err(PinError::Io)?;
    let mut found = ListenerHolders {
        is_served: !inodes.is_empty(),
        holders: Vec::new(),
        missing: None,
    };
    if inodes.is_empty() {
        return Ok(found);
    }
    match proc::is_ours() {
        Ok(true) => {}
        Ok(false) => return Err(PinError::ForeignProc),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(PinError::Denied(MissingRight::Proc));
        }
        Err(error) => return Err(PinError::Io(error)),
    }
    for entry in std::fs::read_dir("/proc").map_err(PinError::Io)? {
        let name = entry.map_err(PinError::Io)?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if pid == std::process::id() || !may_hold(pid, &inodes) {
            continue;
        }
        match holder(pid, &inodes) {
            Ok(holder) => found.holders.extend(holder),
            Err(PinError::Denied(missing)) => found.missing = Some(missing),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Returns whether the process with this PID is worth being pinned, which takes as long
/// as all of this: most processes hold none of the sockets.
fn may_hold(pid: u32, inodes: &[u32]) -> bool {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(directory) = open(format!("/proc/{pid}"), flags, Mode::empty()) else {
        return false;
    };
    match any_socket(directory.as_fd(), |inode| inodes.contains(&inode)) {
        Ok(holds) => holds,
        // The first thread has ended, and others may go on. A kernel thread is alone:
        // its directory has two links, and one for each thread.
        Err(Errno::NOENT) => {
            let threads = statat(&directory, "task", AtFlags::empty());
            threads.is_ok_and(|threads| threads.st_nlink > 3)
        }
        Err(_) => true,
    }
}

/// Pins the process with this PID if it holds one of these sockets.
fn holder(pid: u32, inodes: &[u32]) -> Result<Option<PinnedProcess>, PinError> {
    let process = match PinnedProcess::open(pid) {
        Err(PinError::NoSuchProcess | PinError::Thread { .. }) => return Ok(None),
        opened => opened?,
    };
    match process.holds_socket(inodes) {
        Ok(holds) => Ok(holds.then_some(process)),
        Err(_) if process.has_ended() => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let is_of_kernel = process.status().is_ok_and(|status| status.is_kernel_thread);
            if is_of_kernel {
                return Ok(None);
            }
            Err(PinError::Denied(rights::to_look_at(process.uid().ok())))
        }
        Err(error) => Err(PinError::Io(error)),
    }
}

/// Returns the inodes of the sockets that listen at a place.
fn inodes_at(place: &ListenerPlace) -> io::Result<Vec<u32>> {
    let diagnostics = Diagnostics::new()?;
    match place {
        ListenerPlace::Path(path) => listeners_of_file(&diagnostics, path, path.file_name()),
        ListenerPlace::Abstract(name) => listeners_of_name(&diagnostics, name),
        ListenerPlace::Tcp { addresses, port } => {
            let sockets = tcp_listeners(&diagnostics, *port)?;
            let at = |address: &IpAddr| serving(&sockets, *address);
            Ok(if addresses.is_empty() {
                sockets.iter().map(|socket| socket.header.inode).collect()
            } else {
                addresses.iter().flat_map(at).collect()
            })
        }
    }
}

/// Returns the inodes of the sockets that listen at a name in the abstract namespace.
pub(super) fn listeners_of_name(diagnostics: &Diagnostics, name: &[u8]) -> io::Result<Vec<u32>> {
    let answers = unix_listeners(diagnostics, ShowFlags::NAME)?;
    let has_name = |attribute: &Nla| match attribute {
        Nla::Name(UnixDiagName::Abstract(bound)) => bound == name,
        _ => false,
    };
    let named = answers
        .iter()
        .filter(|socket| socket.nlas.iter().any(has_name));
    Ok(named.map(|socket| socket.header.inode).collect())
}

/// Returns the inodes of the sockets that get the connections to an address, as the kernel
/// chooses them: those bound to it, else those bound to every address.
pub(super) fn serving(sockets: &[InetResponse], address: IpAddr) -> Vec<u32> {
    let bound_to = |bound: IpAddr| {
        let those = sockets
            .iter()
            .filter(|socket| socket.header.socket_id.source_address == bound);
        those.map(|socket| socket.header.inode).collect::<Vec<_>>()
    };
    let any_v6 = || {
        let takes_it = |socket: &&InetResponse| {
            let is_v6_only = |attribute: &InetNla| matches!(attribute, InetNla::SkV6Only(true));
            socket.header.socket_id.source_address == Ipv6Addr::UNSPECIFIED
                && (address.is_ipv6() || !socket.nlas.iter().any(is_v6_only))
        };
        let those = sockets.iter().filter(takes_it);
        those.map(|socket| socket.header.inode).collect()
    };
    let mapped = match address {
        IpAddr::V4(v4) => bound_to(v4.to_ipv6_mapped().into()),
        IpAddr::V6(_) => Vec::new(),
    };
    let exact = [bound_to(address), mapped];
    let any_v4 = || bound_to(Ipv4Addr::UNSPECIFIED.into());
    match exact.into_iter().find(|found| !found.is_empty()) {
        Some(exact) => exact,
        None if address.is_ipv6() => any_v6(),
        None => Some(any_v4())
            .filter(|found| !found.is_empty())
            .unwrap_or_else(any_v6),
    }
}
